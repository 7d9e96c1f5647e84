//! [`Engine`] on an accelerator: images, weights, gradients and moments stay on the device.

use std::sync::Arc;

use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::Tensor;
use burn::tensor::backend::AutodiffBackend;

use crate::network::{Network, Noise};
use crate::objective;
use crate::parameters::{self, to_cpu};
use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::dataset::Dataset;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::objective::Losses;
use ssvae_core::model::parameters::{Moments, Parameters};

use crate::adam::GpuAdam;
use crate::backlog::Backlog;
use crate::forward::{Reading, rows};
use crate::images::GpuImages;
use ssvae_core::training::engine::{Batch, BatchNoise, Engine, Predictions};
use ssvae_core::training::heartbeat::Heartbeat;

/// A network, its optimizer and its images on one device.
pub struct GpuEngine<A: AutodiffBackend> {
    architecture: Architecture,
    images: GpuImages<A::InnerBackend>,
    network: Network<A>,
    /// The same weights outside the autodiff graph, kept until the next step.
    evaluation: Network<A::InnerBackend>,
    optimizer: GpuAdam<A::InnerBackend>,
    step: i64,
    device: A::Device,
    steps: Backlog,
    passes: Backlog,
    heartbeat: Heartbeat,
}

impl<A: AutodiffBackend> GpuEngine<A> {
    /// `checkpoint` has been checked against `architecture`.
    pub fn new(
        architecture: Architecture,
        checkpoint: &Checkpoint,
        dataset: Arc<Dataset>,
        device: A::Device,
        heartbeat: Heartbeat,
    ) -> Self {
        let network = Network::<A>::new(&architecture, &device);
        let network = parameters::set(network, &checkpoint.params, &device);
        let optimizer = GpuAdam::new(&network, checkpoint.moments.as_ref(), &device);
        Self {
            images: GpuImages::new(dataset, &device),
            evaluation: network.valid(),
            network,
            optimizer,
            step: checkpoint.step,
            architecture,
            device,
            steps: Backlog::default(),
            passes: Backlog::default(),
            heartbeat,
        }
    }

    /// The gradient of the objective on a batch.
    pub(crate) fn differentiate(
        &self,
        batch: Batch,
        noise: Option<BatchNoise>,
        config: &TrainingConfig,
    ) -> GradientsParams {
        let (architecture, device) = (&self.architecture, &self.device);
        let images = Tensor::from_inner(self.images.batch(batch.serials));
        let noise = noise.map(|noise| Noise {
            epsilon: rows(&noise.epsilon, architecture.latent_dim, device),
            dropout: noise.dropout.map(|masks| {
                let n = batch.serials.len().max(1);
                let masks = masks.iter().map(|mask| rows(mask, mask.len() / n, device));
                masks.collect()
            }),
            moved: noise
                .shifts
                .map(|shifts| Tensor::from_inner(self.images.moved(batch.serials, &shifts))),
        });
        let pass = self.network.forward(images.clone(), noise);
        let targets = rows(batch.targets, architecture.classes.get(), device);
        // The total comes first.
        let losses = objective::losses(&pass, &images, &targets, config);
        match losses.into_iter().next() {
            Some(total) => GradientsParams::from_grads(total.backward(), &self.network),
            None => GradientsParams::new(),
        }
    }

    fn wait_if_full(&self, reading: &mut Reading<A::InnerBackend>, samples: usize) {
        if self.passes.is_full(samples) {
            reading.read();
            self.passes.is_done();
        }
        self.heartbeat.beat();
    }

    fn finish(&self, reading: Reading<A::InnerBackend>) -> Vec<(Losses, Predictions)> {
        let answers = reading.finish();
        self.passes.is_done();
        answers
    }

    #[cfg(test)]
    pub(crate) fn network(&self) -> &Network<A> {
        &self.network
    }
}

impl<A: AutodiffBackend> Engine for GpuEngine<A> {
    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn train_step(&mut self, batch: Batch, noise: Option<BatchNoise>, config: &TrainingConfig) -> bool {
        let gradients = self.differentiate(batch, noise, config);
        let network = self.network.clone();
        self.step += 1;
        self.network = self.optimizer.step(network, gradients, config, self.step);
        self.evaluation = self.network.valid();
        let finite = !self.steps.is_full(batch.serials.len()) || self.diverged().is_none();
        self.heartbeat.beat();
        finite
    }

    fn diverged(&self) -> Option<i64> {
        let step = self.optimizer.diverged();
        self.steps.is_done();
        step
    }

    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)> {
        let mut reading = Reading::new(&self.architecture);
        for batch in batches {
            let images = self.images.batch(batch.serials);
            reading.evaluate(&self.evaluation, images, batch.targets, config);
            self.wait_if_full(&mut reading, batch.serials.len());
        }
        self.finish(reading)
    }

    fn predict_each(&self, batches: &[&[u32]]) -> Vec<Predictions> {
        let mut reading = Reading::new(&self.architecture);
        for serials in batches {
            reading.predict(&self.evaluation, self.images.batch(serials));
            self.wait_if_full(&mut reading, serials.len());
        }
        let answers = self.finish(reading).into_iter();
        answers.map(|(_, predictions)| predictions).collect()
    }

    fn reconstruct(&self, serials: &[u32]) -> Vec<f32> {
        let posterior = self.evaluation.encode(self.images.batch(serials));
        to_cpu(self.evaluation.decode(posterior.mean))
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        let latents = rows(latents, self.architecture.latent_dim, &self.device);
        to_cpu(self.evaluation.decode(latents))
    }

    fn parameters(&self) -> Parameters {
        parameters::get(&self.evaluation)
    }

    fn moments(&self) -> Moments {
        self.optimizer.moments()
    }

    fn step(&self) -> i64 {
        self.step
    }
}
