//! Latent → reconstruction.

use burn::module::Module;
use burn::nn::conv::{Conv2d, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;

use crate::encoder::{conv3x3, dense_forward, dense_stack};
use ssvae_core::model::config::CONV_SLOPE;
use ssvae_core::model::config::{Architecture, NetworkKind};

/// Dense or convolutional decoder without an output activation; the layers of the other kind are absent.
#[derive(Module, Debug)]
pub struct Decoder<B: Backend> {
    hidden: Vec<Linear<B>>,
    projection: Linear<B>,
    deconv: Vec<ConvTranspose2d<B>>,
    recon: Option<Conv2d<B>>,
}

impl<B: Backend> Decoder<B> {
    pub fn new(architecture: &Architecture, device: &B::Device) -> Self {
        match architecture.decoder {
            NetworkKind::Dense => {
                let widths: Vec<usize> = architecture.hidden_dims.iter().rev().copied().collect();
                let features = *widths.last().unwrap_or(&architecture.latent_dim);
                Self {
                    hidden: dense_stack(architecture.latent_dim, &widths, device),
                    projection: LinearConfig::new(features, architecture.pixels()).init(device),
                    deconv: Vec::new(),
                    recon: None,
                }
            }
            NetworkKind::Conv => Self {
                hidden: Vec::new(),
                projection: LinearConfig::new(architecture.latent_dim, 7 * 7 * 128).init(device),
                deconv: [[128, 64], [64, 32]]
                    .into_iter()
                    .map(|channels| {
                        ConvTranspose2dConfig::new(channels, [3, 3])
                            .with_stride([2, 2])
                            .init(device)
                    })
                    .collect(),
                recon: Some(conv3x3([32, 1], 1, PaddingConfig2d::Explicit(1, 1, 1, 1), device)),
            },
        }
    }

    /// `z`: `[n, latent_dim]` → `[n, pixels]`.
    pub fn forward(&self, z: Tensor<B, 2>) -> Tensor<B, 2> {
        let Some(recon) = &self.recon else {
            return self.projection.forward(dense_forward(&self.hidden, z));
        };
        let n = z.dims()[0];
        // Flax has the channels last.
        let mut x = self
            .projection
            .forward(z)
            .reshape([n, 7, 7, 128])
            .permute([0, 3, 1, 2]);
        for layer in &self.deconv {
            let [_, _, height, width] = x.dims();
            // Flax's SAME keeps 2·size of the 2·size + 1 rows and columns, the last one falls off.
            let full = layer.forward(x);
            let channels = full.dims()[1];
            x = leaky_relu(
                full.slice([0..n, 0..channels, 0..2 * height, 0..2 * width]),
                CONV_SLOPE,
            );
        }
        recon.forward(x).reshape([n, 28 * 28])
    }
}
