//! The whole network: encoder, decoder and classifier on one latent.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

use crate::classifier::Classifier;
use crate::decoder::Decoder;
use crate::encoder::{Encoder, Posterior};
use ssvae_core::model::config::Architecture;

#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    pub encoder: Encoder<B>,
    pub decoder: Decoder<B>,
    pub classifier: Classifier<B>,
}

/// What makes a training pass random: drawn by the caller, so that a pass itself is a pure function.
#[derive(Debug, Clone)]
pub struct Noise<B: Backend> {
    /// Standard normal ε of the reparametrisation z = μ + σ·ε, `[n, latent_dim]`.
    pub epsilon: Tensor<B, 2>,
    /// Masks of the classifier's two hidden layers, `[n, width]`: 0, or 1 / (1 − rate); `None` without dropout.
    pub dropout: Option<[Tensor<B, 2>; 2]>,
    /// Moved images `[n, pixels]`, whose posterior mean is classified in the place of z.
    pub moved: Option<Tensor<B, 2>>,
}

/// What one pass yields, `n` rows each.
#[derive(Debug, Clone)]
pub struct Pass<B: Backend> {
    pub posterior: Posterior<B>,
    /// `[n, pixels]`
    pub reconstruction: Tensor<B, 2>,
    /// `[n, CLASSES]`
    pub logits: Tensor<B, 2>,
}

impl<B: Backend> Network<B> {
    /// A network of this shape; its weights are to be set with [`crate::parameters::set`].
    pub fn new(architecture: &Architecture, device: &B::Device) -> Self {
        Self {
            encoder: Encoder::new(architecture, device),
            decoder: Decoder::new(architecture, device),
            classifier: Classifier::new(architecture, device),
        }
    }

    /// `images`: `[n, pixels]`, scaled. Without noise z is the posterior mean.
    pub fn forward(&self, images: Tensor<B, 2>, noise: Option<Noise<B>>) -> Pass<B> {
        let posterior = self.encoder.forward(images);
        let (z, dropout, moved) = match noise {
            None => (posterior.mean.clone(), None, None),
            Some(noise) => {
                let deviation = (posterior.log_variance.clone() * 0.5).exp();
                let z = posterior.mean.clone() + deviation * noise.epsilon;
                (z, noise.dropout, noise.moved)
            }
        };
        let reconstruction = self.decoder.forward(z.clone());
        let classified = moved.map_or(z, |moved| self.encoder.forward(moved).mean);
        Pass {
            posterior,
            reconstruction,
            logits: self.classifier.forward(classified, dropout),
        }
    }
}
