//! A layer of [`ssvae_core::model::layers`] as burn computes it.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig, ConvTranspose2d, ConvTranspose2dConfig};
use burn::nn::{Linear, LinearConfig, PaddingConfig2d};
use burn::tensor::Tensor;
use burn::tensor::activation::leaky_relu;
use burn::tensor::backend::Backend;

use ssvae_core::model::layers::{Kind, Layer, SIDE, Window};

/// The part of a layer that has weights: kernel and bias, in this order.
#[derive(Module, Debug)]
pub enum Operation<B: Backend> {
    Dense(Linear<B>),
    Conv(Conv2d<B>),
    ConvTranspose(ConvTranspose2d<B>),
}

impl<B: Backend> Operation<B> {
    /// An operation of the sizes of `layer`, with random weights.
    pub fn new(layer: &Layer, device: &B::Device) -> Self {
        match layer.kind {
            Kind::Dense { inputs, outputs } => Self::Dense(LinearConfig::new(inputs, outputs).init(device)),
            Kind::Conv { window, features } => {
                let (before, [below, right]) = (window.before, window.after());
                Self::Conv(
                    Conv2dConfig::new([window.channels, features], [SIDE; 2])
                        .with_stride([window.stride; 2])
                        .with_padding(PaddingConfig2d::Explicit(before, before, below, right))
                        .init(device),
                )
            }
            Kind::ConvTranspose { window, features } => Self::ConvTranspose(
                ConvTranspose2dConfig::new([features, window.channels], [SIDE; 2])
                    .with_stride([window.stride; 2])
                    .init(device),
            ),
        }
    }

    /// The layer's output with its activation.
    pub fn forward(&self, layer: &Layer, input: Signal<B>) -> Signal<B> {
        let output = match (self, layer.kind) {
            (Self::Conv(conv), Kind::Conv { window, .. }) => {
                Signal::Image(conv.forward(input.image(window.image, window.channels)))
            }
            (Self::ConvTranspose(conv), Kind::ConvTranspose { window, features }) => {
                Signal::Image(cut(conv.forward(input.image(window.grid, features)), window))
            }
            (Self::Dense(dense), _) => Signal::Rows(dense.forward(input.rows())),
            // `new` has made the operation for this layer.
            _ => input,
        };
        match layer.slope {
            Some(slope) => output.leaky_relu(slope),
            None => output,
        }
    }
}

/// Flax's SAME keeps 2·size of the 2·size + 1 rows and columns of a transposed convolution at stride 2.
fn cut<B: Backend>(full: Tensor<B, 4>, window: Window) -> Tensor<B, 4> {
    let [n, channels, ..] = full.dims();
    let [rows, columns] = window.image.map(|side| window.before..window.before + side);
    full.slice([0..n, 0..channels, rows, columns])
}

/// What passes between layers.
pub enum Signal<B: Backend> {
    /// `[n, width]`; images have their channels last, as in Flax.
    Rows(Tensor<B, 2>),
    /// `[n, channels, height, width]`
    Image(Tensor<B, 4>),
}

impl<B: Backend> Signal<B> {
    /// As `[n, width]`, where images of several channels become `[height, width, channels]` in each row.
    pub fn rows(self) -> Tensor<B, 2> {
        match self {
            Self::Rows(rows) => rows,
            Self::Image(image) => {
                let [n, channels, height, width] = image.dims();
                let size = [n, channels * height * width];
                if channels == 1 {
                    image.reshape(size)
                } else {
                    image.permute([0, 2, 3, 1]).reshape(size)
                }
            }
        }
    }

    fn image(self, [height, width]: [usize; 2], channels: usize) -> Tensor<B, 4> {
        match self {
            Self::Image(image) => image,
            Self::Rows(rows) => {
                let n = rows.dims()[0];
                if channels == 1 {
                    rows.reshape([n, 1, height, width])
                } else {
                    rows.reshape([n, height, width, channels]).permute([0, 3, 1, 2])
                }
            }
        }
    }

    fn leaky_relu(self, slope: f64) -> Self {
        match self {
            Self::Rows(rows) => Self::Rows(leaky_relu(rows, slope)),
            Self::Image(image) => Self::Image(leaky_relu(image, slope)),
        }
    }
}
