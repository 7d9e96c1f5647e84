//! Images → parameters of the approximate posterior q(z|x).

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;

use ssvae_core::model::config::{Architecture, CONV_SLOPE, DENSE_SLOPE, NetworkKind};

/// Dense or convolutional encoder; the layers of the other kind are absent.
#[derive(Module, Debug)]
pub struct Encoder<B: Backend> {
    hidden: Vec<Linear<B>>,
    conv: Vec<Conv2d<B>>,
    z_mean: Linear<B>,
    z_log: Linear<B>,
}

/// Gaussian posterior of each sample, both tensors `[n, latent_dim]`.
#[derive(Debug, Clone)]
pub struct Posterior<B: Backend> {
    pub mean: Tensor<B, 2>,
    pub log_variance: Tensor<B, 2>,
}

impl<B: Backend> Encoder<B> {
    pub fn new(architecture: &Architecture, device: &B::Device) -> Self {
        let (hidden, conv, features) = match architecture.encoder {
            NetworkKind::Dense => {
                let hidden = dense_stack(architecture.pixels(), &architecture.hidden_dims, device);
                let features = *architecture.hidden_dims.last().unwrap_or(&architecture.pixels());
                (hidden, Vec::new(), features)
            }
            // SAME at stride 2 on an even size pads nothing before and one pixel after.
            NetworkKind::Conv => {
                let after = PaddingConfig2d::Explicit(0, 0, 1, 1);
                let around = PaddingConfig2d::Explicit(1, 1, 1, 1);
                let conv = vec![
                    conv3x3([1, 32], 2, after.clone(), device),
                    conv3x3([32, 64], 2, after, device),
                    conv3x3([64, 128], 1, around, device),
                ];
                (Vec::new(), conv, 7 * 7 * 128)
            }
        };
        Self {
            hidden,
            conv,
            z_mean: LinearConfig::new(features, architecture.latent_dim).init(device),
            z_log: LinearConfig::new(features, architecture.latent_dim).init(device),
        }
    }

    /// `images`: `[n, pixels]`, scaled.
    pub fn forward(&self, images: Tensor<B, 2>) -> Posterior<B> {
        let features = if self.conv.is_empty() {
            dense_forward(&self.hidden, images)
        } else {
            let n = images.dims()[0];
            let mut x = images.reshape([n, 1, 28, 28]);
            for layer in &self.conv {
                x = leaky_relu(layer.forward(x), CONV_SLOPE);
            }
            // Flax flattens channel-last.
            x.permute([0, 2, 3, 1]).reshape([n, 7 * 7 * 128])
        };
        Posterior {
            mean: self.z_mean.forward(features.clone()),
            log_variance: self.z_log.forward(features),
        }
    }
}

/// Dense layers from `input` features through `widths`.
pub fn dense_stack<B: Backend>(input: usize, widths: &[usize], device: &B::Device) -> Vec<Linear<B>> {
    let inputs = std::iter::once(input).chain(widths.iter().copied());
    inputs
        .zip(widths)
        .map(|(from, &to)| LinearConfig::new(from, to).init(device))
        .collect()
}

/// Each layer followed by a leaky ReLU.
pub fn dense_forward<B: Backend>(layers: &[Linear<B>], mut x: Tensor<B, 2>) -> Tensor<B, 2> {
    for layer in layers {
        x = leaky_relu(layer.forward(x), DENSE_SLOPE);
    }
    x
}

pub fn conv3x3<B: Backend>(
    channels: [usize; 2],
    stride: usize,
    padding: PaddingConfig2d,
    device: &B::Device,
) -> Conv2d<B> {
    Conv2dConfig::new(channels, [3, 3])
        .with_stride([stride, stride])
        .with_padding(padding)
        .init(device)
}
