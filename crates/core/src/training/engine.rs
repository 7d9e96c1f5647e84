//! A network with its optimizer on one backend, behind a trait, so that burn's generics are instantiated once per
//! backend and everything else is plain Rust on plain arrays.

use crate::model::config::{Architecture, TrainingConfig};
use crate::model::objective::Losses;
use crate::model::parameters::{Moments, Parameters};

/// Samples of the engine's data set: `n` serials, and their classification targets, see
/// [`Targets::rows`](super::targets::Targets::rows).
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Positions in the data set, `[n]`.
    pub serials: &'a [u32],
    /// `[n, classes]`, row-major.
    pub targets: &'a [f32],
}

/// Random numbers of one training batch of `n` samples: with them a step is a pure function.
#[derive(Clone, Debug)]
pub struct BatchNoise {
    /// Standard normal ε of the reparametrisation z = μ + σ·ε, `[n, latent_dim]`.
    pub epsilon: Vec<f32>,
    /// A mask `[n, outputs]` of 0 or 1 / (1 − rate) for each layer with dropout, in the order of
    /// [`layers`](crate::model::layers::layers); `None`: nothing is dropped.
    pub dropout: Option<Vec<Vec<f32>>>,
    /// Rows and columns by which each image is moved before it is classified. With them the classifier sees the posterior
    /// mean of the moved image, and z of the image itself is only decoded.
    pub shifts: Option<Vec<[i8; 2]>>,
}

/// What the model says of some samples: `latents` `[n, latent_dim]`, the others `[n]`.
#[derive(Clone, Debug, Default)]
pub struct Predictions {
    /// Posterior means, row-major.
    pub latents: Vec<f32>,
    /// The most probable classes.
    pub classes: Vec<u8>,
    /// Their probabilities, in 0..=1.
    pub certainty: Vec<f32>,
    /// Difference of the two largest probabilities, in 0..=1.
    pub margin: Vec<f32>,
}

/// The first class with the largest score, its score and the next.
pub fn largest(scores: &[f32]) -> (u8, [f32; 2]) {
    let mut best = (0, [f32::MIN; 2]);
    for (class, &score) in scores.iter().enumerate() {
        if score > best.1[0] {
            best = (class as u8, [score, best.1[0]]);
        } else if score > best.1[1] {
            best.1[1] = score;
        }
    }
    best
}

/// A model that can be trained on the samples of one data set. All calls block; a backend that fails panics, which the
/// caller contains.
pub trait Engine {
    /// Sizes of the network, which never change.
    fn architecture(&self) -> &Architecture;
    /// One optimizer step on a batch. False: a gradient was not finite. An engine that would have to wait for its
    /// device to know that may say so some steps later; [`Engine::diverged`] tells which one it was.
    fn train_step(&mut self, batch: Batch, noise: Option<BatchNoise>, config: &TrainingConfig) -> bool;
    /// The first step, counted like [`Engine::step`], whose gradient was not finite.
    fn diverged(&self) -> Option<i64>;
    /// Losses of batches without sampling and dropout, and the predictions that fall out of the same passes.
    fn evaluate_each(&self, batches: &[Batch], config: &TrainingConfig) -> Vec<(Losses, Predictions)>;
    /// Predictions for the samples of each batch.
    fn predict_each(&self, batches: &[&[u32]]) -> Vec<Predictions>;
    /// Reconstructions `[n, pixels]` at the posterior mean.
    fn reconstruct(&self, serials: &[u32]) -> Vec<f32>;
    /// Decoder outputs `[n, pixels]` of latents `[n, latent_dim]`.
    fn decode(&self, latents: &[f32]) -> Vec<f32>;
    /// The weights as they are now, in the layout of Flax.
    fn parameters(&self) -> Parameters;
    /// Adam's state as it is now, in the layout of Flax.
    fn moments(&self) -> Moments;
    /// Optimizer steps taken so far.
    fn step(&self) -> i64;
}
