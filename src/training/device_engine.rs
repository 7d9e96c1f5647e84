//! [`Engine`] on an accelerator: weights, gradients and moments stay on the device.

use std::sync::Arc;

use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::backend::AutodiffBackend;

use crate::checkpoint::{Checkpoint, Moments, Parameters};
use crate::dataset::Dataset;
use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::network::{Network, Noise};
use crate::model::objective;
use crate::model::parameters;

use super::device_adam::DeviceAdam;
use super::engine::{Batch, Engine, HostNoise, Predictions};
use super::forward::{self, images, rows, targets};
use super::message::Losses;

pub struct DeviceEngine<A: AutodiffBackend> {
    architecture: Architecture,
    dataset: Arc<Dataset>,
    network: Network<A>,
    /// The same weights outside the autodiff graph, kept until the next step.
    evaluation: Network<A::InnerBackend>,
    optimizer: DeviceAdam<A::InnerBackend>,
    step: i64,
    device: A::Device,
}

impl<A: AutodiffBackend> DeviceEngine<A> {
    /// `checkpoint` has been checked against `architecture`.
    pub fn new(
        architecture: Architecture,
        checkpoint: &Checkpoint,
        dataset: Arc<Dataset>,
        device: A::Device,
    ) -> Self {
        let network = Network::<A>::new(&architecture, &device);
        let network = parameters::set(network, &checkpoint.params, &device);
        let optimizer = DeviceAdam::new(&network, checkpoint.moments.as_ref(), &device);
        Self {
            evaluation: network.valid(),
            network,
            optimizer,
            step: checkpoint.step,
            architecture,
            dataset,
            device,
        }
    }

    /// The gradient of the objective on a batch.
    pub(super) fn differentiate(
        &self,
        batch: Batch,
        noise: Option<HostNoise>,
        config: &TrainingConfig,
    ) -> GradientsParams {
        let (architecture, device) = (&self.architecture, &self.device);
        let images = images::<A>(&self.dataset, batch.serials, device);
        let noise = noise.map(|noise| Noise {
            epsilon: rows(&noise.epsilon, architecture.latent_dim, device),
            dropout: noise
                .dropout
                .map(|masks| masks.map(|mask| rows(&mask, architecture.classifier_width(), device))),
        });
        let pass = self.network.forward(images.clone(), noise);
        let targets = rows(&targets(batch.labels), CLASSES, device);
        let terms = objective::terms(&pass, images, targets, config);
        let gradients = terms.total(config.label_weight).backward();
        GradientsParams::from_grads(gradients, &self.network)
    }

    #[cfg(test)]
    pub(super) fn network(&self) -> &Network<A> {
        &self.network
    }
}

impl<A: AutodiffBackend> Engine for DeviceEngine<A> {
    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn train_step(&mut self, batch: Batch, noise: Option<HostNoise>, config: &TrainingConfig) -> bool {
        let gradients = self.differentiate(batch, noise, config);
        let network = self.network.clone();
        self.network = self.optimizer.step(network, gradients, config);
        self.evaluation = self.network.valid();
        self.step += 1;
        true
    }

    fn evaluate(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions) {
        let images = images(&self.dataset, batch.serials, &self.device);
        forward::evaluate(&self.evaluation, images, batch.labels, config)
    }

    fn predict(&self, serials: &[u32]) -> Predictions {
        forward::predict(&self.evaluation, images(&self.dataset, serials, &self.device))
    }

    fn reconstruct(&self, serials: &[u32]) -> Vec<f32> {
        forward::reconstruct(&self.evaluation, images(&self.dataset, serials, &self.device))
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        forward::decode(&self.evaluation, &self.architecture, latents, &self.device)
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
