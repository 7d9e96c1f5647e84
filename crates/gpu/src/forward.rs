//! Passes through a network outside the autodiff graph. What they answer stays on the device until [`Reading`] brings
//! all of it to main memory at once: each reading waits for everything that the device still has to do.

use burn::tensor::activation::softmax;
use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData, Transaction};

use crate::network::Network;
use crate::objective;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::objective::{Losses, Metric};
use ssvae_core::training::engine::{Predictions, largest};

/// Numbers that are read at once: few enough to be bound as one tensor.
const READ_AT_ONCE: usize = 16 << 20;

/// `[n, width]` on the device, from its row-major elements.
pub fn rows<B: Backend>(data: &[f32], width: usize, device: &B::Device) -> Tensor<B, 2> {
    let shape = [data.len() / width.max(1), width];
    Tensor::from_data(TensorData::new(data.to_vec(), shape), device)
}

/// Answers that are still on the device.
pub struct Reading<B: Backend> {
    latent_dim: usize,
    classes: usize,
    /// Samples of each batch.
    counts: Vec<usize>,
    /// `[n, latent_dim + classes]`: posterior means and class probabilities.
    answers: Vec<Tensor<B, 2>>,
    /// In the order of [`Metric::ALL`] each; as many as batches, or none.
    losses: Vec<Tensor<B, 1>>,
    waiting: usize,
    read: Vec<(Losses, Predictions)>,
}

impl<B: Backend> Reading<B> {
    /// Nothing has been asked yet of a network of this architecture.
    pub fn new(architecture: &Architecture) -> Self {
        Self {
            latent_dim: architecture.latent_dim,
            classes: architecture.classes.get(),
            counts: Vec::new(),
            answers: Vec::new(),
            losses: Vec::new(),
            waiting: 0,
            read: Vec::new(),
        }
    }

    /// Losses and predictions of a batch, without sampling and dropout; `images`: `[n, pixels]`.
    pub fn evaluate(
        &mut self,
        network: &Network<B>,
        images: Tensor<B, 2>,
        targets: &[f32],
        config: &TrainingConfig,
    ) {
        let pass = network.forward(images.clone(), None);
        let targets = rows(targets, self.classes, &images.device());
        let losses = objective::losses(&pass, &images, &targets, config);
        self.losses.push(Tensor::cat(losses, 0));
        self.answer(pass.posterior.mean, pass.logits);
    }

    /// Predictions of a batch; `images`: `[n, pixels]`.
    pub fn predict(&mut self, network: &Network<B>, images: Tensor<B, 2>) {
        let posterior = network.encode(images);
        let logits = network.classify(posterior.mean.clone(), &[]);
        self.answer(posterior.mean, logits);
    }

    fn answer(&mut self, latents: Tensor<B, 2>, logits: Tensor<B, 2>) {
        let count = latents.dims()[0];
        self.counts.push(count);
        self.answers
            .push(Tensor::cat(vec![latents, softmax(logits, 1)], 1));
        self.waiting += count * (self.latent_dim + self.classes);
        if self.waiting >= READ_AT_ONCE {
            self.read();
        }
    }

    /// Waits for the device and brings what it has answered so far to main memory.
    pub fn read(&mut self) {
        self.waiting = 0;
        let (counts, answers) = (
            std::mem::take(&mut self.counts),
            std::mem::take(&mut self.answers),
        );
        let losses = std::mem::take(&mut self.losses);
        if answers.is_empty() {
            return;
        }
        let mut transaction = Transaction::default().register(Tensor::cat(answers, 0));
        if !losses.is_empty() {
            transaction = transaction.register(Tensor::cat(losses, 0));
        }
        // All of the model's numbers are f32: neither conversion fails for a reason that a user could mend.
        let mut numbers = transaction
            .execute()
            .into_iter()
            .map(|data| data.convert::<f32>().into_vec().unwrap_or_default());
        let answers: Vec<f32> = numbers.next().unwrap_or_default();
        let losses: Vec<f32> = numbers.next().unwrap_or_default();
        let mut losses = losses.as_chunks().0.iter();
        let width = self.latent_dim + self.classes;
        let mut rest = answers.chunks_exact(width);
        for count in counts {
            let losses = losses
                .next()
                .map_or(Losses::default(), |&values: &[f32; Metric::ALL.len()]| {
                    values.into()
                });
            let mut predictions = Predictions::default();
            for row in rest.by_ref().take(count) {
                let (latent, probabilities) = row.split_at(self.latent_dim);
                let (class, [probability, second]) = largest(probabilities);
                predictions.latents.extend(latent);
                predictions.classes.push(class);
                predictions.certainty.push(probability);
                predictions.margin.push(probability - second);
            }
            self.read.push((losses, predictions));
        }
    }

    /// Everything, in the order in which it was asked for.
    pub fn finish(mut self) -> Vec<(Losses, Predictions)> {
        self.read();
        self.read
    }
}
