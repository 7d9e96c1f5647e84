//! The whole network: the layers of [`ssvae_core::model::layers`] in burn.

use burn::module::Module;
use burn::tensor::Tensor;
use burn::tensor::backend::Backend;

use crate::layer::{Operation, Signal};
use ssvae_core::model::config::Architecture;
use ssvae_core::model::layers::{Layer, Part, layers};

/// The layers of an [`Architecture`] with their weights on the device.
#[derive(Module, Debug)]
pub struct Network<B: Backend> {
    /// One per layer.
    operations: Vec<Operation<B>>,
    #[module(skip)]
    layers: Vec<Layer>,
}

/// Gaussian posterior of each sample, both tensors `[n, latent_dim]`.
#[derive(Debug, Clone)]
pub struct Posterior<B: Backend> {
    /// Mean of z.
    pub mean: Tensor<B, 2>,
    /// Natural logarithm of the variance of z.
    pub log_variance: Tensor<B, 2>,
}

/// [`BatchNoise`](ssvae_core::training::engine::BatchNoise) on the device.
#[derive(Debug, Clone)]
pub struct Noise<B: Backend> {
    /// `[n, latent_dim]`
    pub epsilon: Tensor<B, 2>,
    /// `[n, outputs]` for each layer with dropout.
    pub dropout: Option<Vec<Tensor<B, 2>>>,
    /// Moved images `[n, pixels]`, whose posterior mean is classified in the place of z.
    pub moved: Option<Tensor<B, 2>>,
}

/// What one pass yields, `n` rows each.
#[derive(Debug, Clone)]
pub struct Pass<B: Backend> {
    /// Of the images, before z is drawn from it.
    pub posterior: Posterior<B>,
    /// `[n, pixels]`
    pub reconstruction: Tensor<B, 2>,
    /// `[n, classes]`
    pub logits: Tensor<B, 2>,
}

impl<B: Backend> Network<B> {
    /// A network of this shape; its weights are to be set with [`crate::parameters::set`].
    pub fn new(architecture: &Architecture, device: &B::Device) -> Self {
        let layers = layers(architecture);
        Self {
            operations: layers.iter().map(|layer| Operation::new(layer, device)).collect(),
            layers,
        }
    }

    /// Burn visits the parameters of all layers in their order.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// `images`: `[n, pixels]`, scaled.
    pub fn encode(&self, images: Tensor<B, 2>) -> Posterior<B> {
        let features = self.through(Part::Encoder, images, &[]);
        let mut heads = self.part(Part::Heads).map(|(operation, layer)| {
            let features = Signal::Rows(features.clone());
            operation.forward(layer, features).rows()
        });
        let mut head = || heads.next().unwrap_or_else(|| features.clone());
        Posterior {
            mean: head(),
            log_variance: head(),
        }
    }

    /// `z`: `[n, latent_dim]` → `[n, pixels]`.
    pub fn decode(&self, z: Tensor<B, 2>) -> Tensor<B, 2> {
        self.through(Part::Decoder, z, &[])
    }

    /// `z`: `[n, latent_dim]` → `[n, classes]`; `masks`: see [`Noise::dropout`].
    pub fn classify(&self, z: Tensor<B, 2>, masks: &[Tensor<B, 2>]) -> Tensor<B, 2> {
        self.through(Part::Classifier, z, masks)
    }

    /// `images`: `[n, pixels]`, scaled. Without noise z is the posterior mean.
    pub fn forward(&self, images: Tensor<B, 2>, noise: Option<Noise<B>>) -> Pass<B> {
        let posterior = self.encode(images);
        let (z, dropout, moved) = match noise {
            None => (posterior.mean.clone(), None, None),
            Some(noise) => {
                let deviation = (posterior.log_variance.clone() * 0.5).exp();
                let z = posterior.mean.clone() + deviation * noise.epsilon;
                (z, noise.dropout, noise.moved)
            }
        };
        let reconstruction = self.decode(z.clone());
        let classified = moved.map_or(z, |moved| self.encode(moved).mean);
        Pass {
            posterior,
            reconstruction,
            logits: self.classify(classified, &dropout.unwrap_or_default()),
        }
    }

    fn part(&self, part: Part) -> impl Iterator<Item = (&Operation<B>, &Layer)> {
        let layers = self.operations.iter().zip(&self.layers);
        layers.filter(move |(_, layer)| layer.part == part)
    }

    fn through(&self, part: Part, input: Tensor<B, 2>, masks: &[Tensor<B, 2>]) -> Tensor<B, 2> {
        let mut masks = masks.iter();
        let mut signal = Signal::Rows(input);
        for (operation, layer) in self.part(part) {
            signal = operation.forward(layer, signal);
            if layer.dropout
                && let Some(mask) = masks.next()
            {
                signal = Signal::Rows(signal.rows() * mask.clone());
            }
        }
        signal.rows()
    }
}
