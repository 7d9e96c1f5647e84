//! The network's layers and parameters, see [`crate::model`].

use crate::checkpoint::{Parameters, Tensor};
use crate::model::config::{Architecture, CLASSES, NetworkKind};
use crate::model::config::{CONV_SLOPE, DENSE_SLOPE};

use super::im2col::{SIDE, Window};
use super::layer::{Kind, Layer};

/// The layers from the data to the losses, and the parameters in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub encoder: Vec<Layer>,
    /// Mean and log variance of the posterior.
    pub heads: Vec<Layer>,
    pub decoder: Vec<Layer>,
    pub classifier: Vec<Layer>,
    pub parameters: Vec<Parameter>,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    /// Flax's path, such as `encoder/hidden_0/kernel`.
    pub path: String,
    /// Flax's shape.
    shape: Vec<usize>,
    /// The kernel of a transposed convolution: Flax's `[SIDE, SIDE, features, channels]` in the reverse order of the
    /// window's pixels, which Flax does not flip, is `[features, SIDE, SIDE, channels]` here.
    flipped: bool,
}

impl Parameter {
    /// Weight decay is for kernels only.
    pub fn is_kernel(&self) -> bool {
        self.shape.len() > 1
    }

    pub fn elements(&self) -> usize {
        self.shape.iter().product()
    }

    /// The array of this name among `parameters`, zeros where there is none.
    pub fn read(&self, parameters: Option<&Parameters>) -> Vec<f32> {
        let found = parameters.and_then(|parameters| parameters.0.get(&self.path));
        let Some(tensor) = found.filter(|tensor| tensor.data.len() == self.elements()) else {
            return vec![0.0; self.elements()];
        };
        let mut data = tensor.data.clone();
        self.each_flipped(|here, there| data[here] = tensor.data[there]);
        data
    }

    /// An array in Flax's layout.
    pub fn to_flax(&self, data: &[f32]) -> Tensor {
        let mut flax = data.to_vec();
        self.each_flipped(|here, there| flax[there] = data[here]);
        Tensor {
            shape: self.shape.clone(),
            data: flax,
        }
    }

    fn each_flipped(&self, mut visit: impl FnMut(usize, usize)) {
        if !self.flipped {
            return;
        }
        let (features, channels) = (self.shape[2], self.shape[3]);
        for pixel in 0..SIDE * SIDE {
            for feature in 0..features {
                for channel in 0..channels {
                    let here = (feature * SIDE * SIDE + SIDE * SIDE - 1 - pixel) * channels + channel;
                    visit(here, (pixel * features + feature) * channels + channel);
                }
            }
        }
    }
}

impl Layers {
    pub fn new(architecture: &Architecture) -> Self {
        let mut all = Self::default();
        let (pixels, latent) = (architecture.pixels(), architecture.latent_dim);
        let widths = architecture.hidden_dims.as_slice();
        let grid = Window::same([7, 7], 128, 1);
        let features = match architecture.encoder {
            NetworkKind::Dense => {
                all.encoder = all.stack("encoder", pixels, widths);
                *widths.last().unwrap_or(&pixels)
            }
            NetworkKind::Conv => {
                let windows = [
                    (Window::same([28, 28], 1, 2), 32),
                    (Window::same([14, 14], 32, 2), 64),
                    (Window::same([7, 7], 64, 1), 128),
                ];
                for (i, (window, features)) in windows.into_iter().enumerate() {
                    let kind = Kind::Conv { window, features };
                    let layer = all.layer(format!("encoder/conv_{i}"), kind, CONV_SLOPE);
                    all.encoder.push(layer);
                }
                grid.image_len()
            }
        };
        for name in ["encoder/z_mean", "encoder/z_log"] {
            let head = all.dense(name.into(), features, latent, 1.0);
            all.heads.push(head);
        }
        match architecture.decoder {
            NetworkKind::Dense => {
                let reversed: Vec<usize> = widths.iter().rev().copied().collect();
                all.decoder = all.stack("decoder", latent, &reversed);
                let last = *reversed.last().unwrap_or(&latent);
                let projection = all.dense("decoder/projection".into(), last, pixels, 1.0);
                all.decoder.push(projection);
            }
            NetworkKind::Conv => {
                let projection = all.dense("decoder/projection".into(), latent, grid.image_len(), 1.0);
                all.decoder.push(projection);
                let windows = [
                    (Window::same([14, 14], 64, 2), 128),
                    (Window::same([28, 28], 32, 2), 64),
                ];
                for (i, (window, features)) in windows.into_iter().enumerate() {
                    let kind = Kind::ConvTranspose { window, features };
                    let layer = all.layer(format!("decoder/deconv_{i}"), kind, CONV_SLOPE);
                    all.decoder.push(layer);
                }
                let window = Window::same([28, 28], 32, 1);
                let kind = Kind::Conv { window, features: 1 };
                let recon = all.layer("decoder/recon".into(), kind, 1.0);
                all.decoder.push(recon);
            }
        }
        let width = architecture.classifier_width();
        all.classifier = all.stack("classifier", latent, &[width, width]);
        let logits = all.dense("classifier/logits".into(), width, CLASSES, 1.0);
        all.classifier.push(logits);
        all
    }

    /// The layers whose input has a gradient.
    pub fn on_the_way_back(&self) -> impl Iterator<Item = &Layer> {
        let hidden = self.encoder.iter().skip(1);
        hidden
            .chain(&self.heads)
            .chain(&self.decoder)
            .chain(&self.classifier)
    }

    fn stack(&mut self, name: &str, from: usize, widths: &[usize]) -> Vec<Layer> {
        let inputs = std::iter::once(&from).chain(widths);
        let sizes = inputs.zip(widths).enumerate();
        sizes
            .map(|(i, (&inputs, &outputs))| {
                self.dense(format!("{name}/hidden_{i}"), inputs, outputs, DENSE_SLOPE)
            })
            .collect()
    }

    fn dense(&mut self, name: String, inputs: usize, outputs: usize, slope: f64) -> Layer {
        self.layer(name, Kind::Dense { inputs, outputs }, slope)
    }

    fn layer(&mut self, name: String, kind: Kind, slope: f64) -> Layer {
        let layer = Layer {
            kernel: self.parameters.len(),
            bias: self.parameters.len() + 1,
            kind,
            slope: slope as f32,
        };
        let shape = match kind {
            Kind::Dense { inputs, outputs } => vec![inputs, outputs],
            Kind::Conv { window, features } => vec![SIDE, SIDE, window.channels, features],
            Kind::ConvTranspose { window, features } => vec![SIDE, SIDE, features, window.channels],
        };
        self.parameters.push(Parameter {
            path: format!("{name}/kernel"),
            shape,
            flipped: matches!(kind, Kind::ConvTranspose { .. }),
        });
        self.parameters.push(Parameter {
            path: format!("{name}/bias"),
            shape: vec![layer.channels()],
            flipped: false,
        });
        layer
    }
}
