//! A network with its optimizer on one backend, behind a trait, so that burn's generics are instantiated once per
//! backend and everything else is plain Rust on plain arrays.

use burn::module::AutodiffModule;
use burn::optim::GradientsParams;
use burn::tensor::backend::{AutodiffBackend, Backend};
use burn::tensor::{Tensor, TensorData, activation::softmax};

use crate::checkpoint::{Checkpoint, Moments, Parameters};
use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::network::{Network, Noise};
use crate::model::objective;
use crate::model::parameters::{self, host};

use super::message::Losses;
use super::optimizer::Adam;

/// Samples of one batch: `images` is `[n, pixels]` scaled, `labels` has `n` entries.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub images: &'a [f32],
    pub labels: &'a [Option<u8>],
}

/// Random numbers of one training batch, on the host, see [`Noise`].
#[derive(Clone, Debug)]
pub struct HostNoise {
    pub epsilon: Vec<f32>,
    pub dropout: Option<[Vec<f32>; 2]>,
}

/// What the model says of some samples: `latents` `[n, latent_dim]`, `classes` and `certainty` `[n]`.
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    pub latents: Vec<f32>,
    pub classes: Vec<u8>,
    pub certainty: Vec<f32>,
}

/// A model that can be trained. All calls block; a backend that fails panics, which the caller contains.
pub trait Engine {
    fn architecture(&self) -> &Architecture;
    /// One optimizer step on a batch.
    fn train_step(&mut self, batch: Batch, noise: Option<HostNoise>, config: &TrainingConfig);
    /// Losses of a batch without sampling and dropout, and the predictions that fall out of the same pass.
    fn evaluate(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions);
    /// `images`: `[n, pixels]`.
    fn predict(&self, images: &[f32]) -> Predictions;
    /// Reconstructions `[n, pixels]` at the posterior mean.
    fn reconstruct(&self, images: &[f32]) -> Vec<f32>;
    /// Decoder outputs `[n, pixels]` of latents `[n, latent_dim]`.
    fn decode(&self, latents: &[f32]) -> Vec<f32>;
    fn parameters(&self) -> Parameters;
    fn moments(&self) -> Moments;
    /// Optimizer steps taken so far.
    fn step(&self) -> i64;
}

/// [`Engine`] on a burn backend.
pub struct BurnEngine<A: AutodiffBackend> {
    architecture: Architecture,
    network: Network<A>,
    /// The same weights outside the autodiff graph, kept until the next step.
    evaluation: Network<A::InnerBackend>,
    optimizer: Adam<A::InnerBackend>,
    step: i64,
    device: A::Device,
}

impl<A: AutodiffBackend> BurnEngine<A> {
    /// `checkpoint` has been checked against `architecture`.
    pub fn new(architecture: Architecture, checkpoint: &Checkpoint, device: A::Device) -> Self {
        let network = Network::<A>::new(&architecture, &device);
        let network = parameters::set(network, &checkpoint.params, &device);
        let optimizer = Adam::new(&network, checkpoint.moments.as_ref(), &device);
        Self {
            evaluation: network.valid(),
            network,
            optimizer,
            step: checkpoint.step,
            architecture,
            device,
        }
    }

    fn rows<B: Backend<Device = A::Device>>(&self, data: &[f32], width: usize) -> Tensor<B, 2> {
        let shape = [data.len() / width.max(1), width];
        Tensor::from_data(TensorData::new(data.to_vec(), shape), &self.device)
    }

    /// See [`objective::terms`].
    fn targets<B: Backend<Device = A::Device>>(&self, labels: &[Option<u8>]) -> Tensor<B, 2> {
        let labelled = labels.iter().flatten().count().max(1) as f32;
        let mut targets = vec![0.0; labels.len() * CLASSES];
        for (row, label) in targets.chunks_exact_mut(CLASSES).zip(labels) {
            if let Some(target) = label.and_then(|label| row.get_mut(usize::from(label))) {
                *target = labelled.recip();
            }
        }
        self.rows(&targets, CLASSES)
    }
}

impl<A: AutodiffBackend> Engine for BurnEngine<A> {
    fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    fn train_step(&mut self, batch: Batch, noise: Option<HostNoise>, config: &TrainingConfig) {
        let width = self.architecture.classifier_width();
        let images = self.rows::<A>(batch.images, self.architecture.pixels());
        let noise = noise.map(|noise| Noise {
            epsilon: self.rows(&noise.epsilon, self.architecture.latent_dim),
            dropout: noise
                .dropout
                .map(|masks| masks.map(|mask| self.rows(&mask, width))),
        });
        let pass = self.network.forward(images.clone(), noise);
        let terms = objective::terms(&pass, images, self.targets(batch.labels), config);
        let gradients = terms.total(config.label_weight).backward();
        let gradients = GradientsParams::from_grads(gradients, &self.network);
        let network = self.network.clone();
        self.network = self.optimizer.step(network, gradients, config);
        self.evaluation = self.network.valid();
        self.step += 1;
    }

    fn evaluate(&self, batch: Batch, config: &TrainingConfig) -> (Losses, Predictions) {
        let images = self.rows::<A::InnerBackend>(batch.images, self.architecture.pixels());
        let pass = self.evaluation.forward(images.clone(), None);
        let terms = objective::terms(&pass, images, self.targets(batch.labels), config);
        let scalars = Tensor::cat(
            vec![
                terms.total(config.label_weight),
                terms.reconstruction,
                terms.kl,
                terms.classification,
            ],
            0,
        );
        let losses = match host(scalars).as_slice() {
            &[total, reconstruction, kl, classification] => Losses {
                total,
                reconstruction,
                kl,
                classification,
            },
            _ => Losses {
                total: f32::NAN,
                ..Losses::default()
            },
        };
        (losses, predictions(pass.posterior.mean, pass.logits))
    }

    fn predict(&self, images: &[f32]) -> Predictions {
        let images = self.rows::<A::InnerBackend>(images, self.architecture.pixels());
        let posterior = self.evaluation.encoder.forward(images);
        let logits = self.evaluation.classifier.forward(posterior.mean.clone(), None);
        predictions(posterior.mean, logits)
    }

    fn reconstruct(&self, images: &[f32]) -> Vec<f32> {
        let images = self.rows::<A::InnerBackend>(images, self.architecture.pixels());
        let posterior = self.evaluation.encoder.forward(images);
        host(self.evaluation.decoder.forward(posterior.mean))
    }

    fn decode(&self, latents: &[f32]) -> Vec<f32> {
        let z = self.rows::<A::InnerBackend>(latents, self.architecture.latent_dim);
        host(self.evaluation.decoder.forward(z))
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

/// Class = argmax of the softmax, certainty = its maximum.
fn predictions<B: Backend>(latents: Tensor<B, 2>, logits: Tensor<B, 2>) -> Predictions {
    let probabilities = host(softmax(logits, 1));
    let mut predictions = Predictions {
        latents: host(latents),
        ..Predictions::default()
    };
    for row in probabilities.chunks_exact(CLASSES) {
        let mut best = (0, f32::MIN);
        for (class, &probability) in row.iter().enumerate() {
            if probability > best.1 {
                best = (class as u8, probability);
            }
        }
        predictions.classes.push(best.0);
        predictions.certainty.push(best.1);
    }
    predictions
}
