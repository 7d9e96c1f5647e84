//! Latent → class logits.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;

use crate::encoder::dense_stack;
use ssvae_core::model::config::DENSE_SLOPE;
use ssvae_core::model::config::{Architecture, CLASSES};

#[derive(Module, Debug)]
pub struct Classifier<B: Backend> {
    hidden: Vec<Linear<B>>,
    logits: Linear<B>,
}

impl<B: Backend> Classifier<B> {
    pub fn new(architecture: &Architecture, device: &B::Device) -> Self {
        let width = architecture.classifier_width();
        Self {
            hidden: dense_stack(architecture.latent_dim, &[width, width], device),
            logits: LinearConfig::new(width, CLASSES).init(device),
        }
    }

    /// `z`: `[n, latent_dim]` → `[n, CLASSES]`. Each hidden layer's output is multiplied by its dropout mask
    /// `[n, width]`, where masks are given.
    pub fn forward(&self, z: Tensor<B, 2>, dropout: Option<[Tensor<B, 2>; 2]>) -> Tensor<B, 2> {
        let masks = dropout.map_or([None, None], |masks| masks.map(Some));
        let mut x = z;
        for (layer, mask) in self.hidden.iter().zip(masks) {
            x = leaky_relu(layer.forward(x), DENSE_SLOPE);
            if let Some(mask) = mask {
                x = x * mask;
            }
        }
        self.logits.forward(x)
    }
}
