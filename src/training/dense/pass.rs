//! The whole dense network on some rows of a batch: forwards, the losses, backwards to every layer's gradient before its
//! activation. The objective is [`crate::model::objective`]'s.

use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::parameters::Entry;

use super::images::Images;
use super::layer::{self, Layer, Trace, Transposed, Weights};

/// The network's layers, from the data to the losses.
#[derive(Clone, Debug)]
pub struct Layers {
    pub encoder: Vec<Layer>,
    pub mean: Layer,
    pub log_variance: Layer,
    pub decoder: Vec<Layer>,
    pub classifier: Vec<Layer>,
}

impl Layers {
    /// `entries` are those of a network of this architecture; `None` where a layer is not among them.
    pub fn new(architecture: &Architecture, entries: &[Entry]) -> Option<Self> {
        let place = |path: String| entries.iter().position(|entry| entry.path == path);
        let layer = |name: &str, inputs, outputs, activated| {
            Some(Layer {
                kernel: place(format!("{name}/kernel"))?,
                bias: place(format!("{name}/bias"))?,
                inputs,
                outputs,
                activated,
            })
        };
        let stack = |name: &str, from: usize, widths: &[usize]| -> Option<Vec<Layer>> {
            let inputs = std::iter::once(&from).chain(widths);
            let sizes = inputs.zip(widths).enumerate();
            sizes
                .map(|(i, (&inputs, &outputs))| layer(&format!("{name}/hidden_{i}"), inputs, outputs, true))
                .collect()
        };
        let (pixels, latent) = (architecture.pixels(), architecture.latent_dim);
        let widths = architecture.hidden_dims.as_slice();
        let reversed: Vec<usize> = widths.iter().rev().copied().collect();
        let width = architecture.classifier_width();
        let features = *widths.last().unwrap_or(&pixels);
        let mut decoder = stack("decoder", latent, &reversed)?;
        decoder.push(layer(
            "decoder/projection",
            *reversed.last().unwrap_or(&latent),
            pixels,
            false,
        )?);
        let mut classifier = stack("classifier", latent, &[width, width])?;
        classifier.push(layer("classifier/logits", width, CLASSES, false)?);
        Some(Self {
            encoder: stack("encoder", pixels, widths)?,
            mean: layer("encoder/z_mean", features, latent, false)?,
            log_variance: layer("encoder/z_log", features, latent, false)?,
            decoder,
            classifier,
        })
    }
}

impl Layers {
    /// The layers whose input has a gradient.
    pub fn on_the_way_back(&self) -> impl Iterator<Item = &Layer> {
        let heads = [&self.mean, &self.log_variance];
        let hidden = self.encoder.iter().skip(1);
        hidden.chain(heads).chain(&self.decoder).chain(&self.classifier)
    }
}

/// Everything that belongs to some rows of a batch; its memory is kept from one batch to the next.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub count: usize,
    pub images: Images,
    /// See `targets` of [`crate::model::objective::terms`].
    pub targets: Vec<f32>,
    /// Standard normal numbers; none: z is the posterior mean.
    pub epsilon: Option<Vec<f32>>,
    pub dropout: Option<[Vec<f32>; 2]>,
    pub encoder: Trace,
    pub mean: Head,
    pub log_variance: Head,
    pub z: Vec<f32>,
    pub decoder: Trace,
    pub classifier: Trace,
    pub z_gradient: Vec<f32>,
}

/// A layer's output and its gradient.
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub output: Vec<f32>,
    pub gradient: Vec<f32>,
}

impl Head {
    fn forward(&mut self, layer: &Layer, weights: &Weights, rows: usize, input: &[f32]) {
        self.output.resize(rows * layer.outputs, 0.0);
        self.gradient.resize(rows * layer.outputs, 0.0);
        layer.forward(weights, input.into(), &mut self.output, None);
    }
}

/// Sums over rows: squared error over all pixels, KL divergence, cross entropy times its targets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    pub error: f64,
    pub divergence: f64,
    pub entropy: f64,
}

impl Rows {
    /// Images → posterior, z and logits.
    pub fn encode(&mut self, layers: &Layers, weights: &Weights) {
        layer::forward(
            &layers.encoder,
            weights,
            self.count,
            self.images.input(),
            &[],
            &mut self.encoder,
        );
        let features = self.encoder.output(self.images.as_slice());
        self.mean.forward(&layers.mean, weights, self.count, features);
        self.log_variance
            .forward(&layers.log_variance, weights, self.count, features);
        self.z.clone_from(&self.mean.output);
        if let Some(epsilon) = &self.epsilon {
            for ((z, log), epsilon) in self.z.iter_mut().zip(&self.log_variance.output).zip(epsilon) {
                *z += (log * 0.5).exp() * epsilon;
            }
        }
        let masks = masks(&self.dropout);
        layer::forward(
            &layers.classifier,
            weights,
            self.count,
            self.z.as_slice().into(),
            masks.as_slice(),
            &mut self.classifier,
        );
    }

    /// z → reconstruction.
    pub fn decode(&mut self, layers: &Layers, weights: &Weights) {
        layer::forward(
            &layers.decoder,
            weights,
            self.count,
            self.z.as_slice().into(),
            &[],
            &mut self.decoder,
        );
    }

    /// `[count, pixels]`, after [`Rows::decode`].
    pub fn reconstruction(&self) -> &[f32] {
        self.decoder.output(&self.z)
    }

    /// `[count, CLASSES]`
    pub fn logits(&self) -> &[f32] {
        self.classifier.output(&self.z)
    }

    pub fn sums(&self) -> Sums {
        let mut sums = Sums::default();
        let pixels = self.images.as_slice().len() / self.count.max(1);
        for (ours, image) in self
            .reconstruction()
            .chunks(pixels)
            .zip(self.images.as_slice().chunks(pixels))
        {
            sums.error += f64::from(squared_distance(ours, image));
        }
        for (mean, log) in self.mean.output.iter().zip(&self.log_variance.output) {
            sums.divergence += -0.5 * f64::from(1.0 + log - mean * mean - log.exp());
        }
        for (logits, targets) in self.logits().chunks(CLASSES).zip(self.targets.chunks(CLASSES)) {
            if targets.iter().any(|&target| target > 0.0) {
                let (largest, sum) = exponentials(logits);
                for (logit, target) in logits.iter().zip(targets) {
                    sums.entropy -= f64::from((logit - largest - sum.ln()) * target);
                }
            }
        }
        sums
    }

    /// Gradients of the objective of a batch of `batch` samples, of which these rows are a part.
    pub fn backward(
        &mut self,
        layers: &Layers,
        transposed: &Transposed,
        batch: usize,
        config: &TrainingConfig,
    ) {
        let n = batch as f32;
        let pixels = self.images.as_slice().len() as f32 / self.count.max(1) as f32;
        let factor = 2.0 * config.recon_weight / (n * pixels);
        if let (Some(gradient), Some(ours)) = (self.decoder.gradients.last_mut(), self.decoder.outputs.last())
        {
            for ((gradient, ours), image) in gradient.iter_mut().zip(ours).zip(self.images.as_slice()) {
                *gradient = (ours - image) * factor;
            }
        }
        if let (Some(gradient), Some(logits)) = (
            self.classifier.gradients.last_mut(),
            self.classifier.outputs.last(),
        ) {
            entropy_gradient(gradient, logits, &self.targets, config.label_weight);
        }
        self.z_gradient.resize(self.z.len(), 0.0);
        let masks = masks(&self.dropout);
        let to_z = Some((false, self.z_gradient.as_mut_slice()));
        layer::backward(&layers.decoder, transposed, &[], &mut self.decoder, to_z);
        let to_z = Some((true, self.z_gradient.as_mut_slice()));
        layer::backward(
            &layers.classifier,
            transposed,
            masks.as_slice(),
            &mut self.classifier,
            to_z,
        );
        self.posterior_gradient(config.kl_weight / n);

        let features = match self.encoder.gradients.last_mut() {
            Some(gradient) => gradient,
            // Without hidden layers the heads stand on the images, whose gradient nobody asks for.
            None => return,
        };
        layers
            .mean
            .backward(transposed, &self.mean.gradient, false, features);
        layers
            .log_variance
            .backward(transposed, &self.log_variance.gradient, true, features);
        layer::backward(&layers.encoder, transposed, &[], &mut self.encoder, None);
    }

    fn posterior_gradient(&mut self, kl: f32) {
        let rows = self.mean.gradient.iter_mut().zip(&self.mean.output);
        for ((gradient, mean), z) in rows.zip(&self.z_gradient) {
            *gradient = z + kl * mean;
        }
        let rows = self
            .log_variance
            .gradient
            .iter_mut()
            .zip(&self.log_variance.output);
        for (gradient, log) in rows {
            *gradient = kl * 0.5 * (log.exp() - 1.0);
        }
        if let Some(epsilon) = &self.epsilon {
            let rows = self
                .log_variance
                .gradient
                .iter_mut()
                .zip(&self.log_variance.output);
            for (((gradient, log), z), epsilon) in rows.zip(&self.z_gradient).zip(epsilon) {
                *gradient += z * epsilon * 0.5 * (log * 0.5).exp();
            }
        }
    }
}

fn masks(dropout: &Option<[Vec<f32>; 2]>) -> Vec<&[f32]> {
    dropout.iter().flatten().map(Vec::as_slice).collect()
}

/// Several sums at once, which the compiler turns into vectors.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.chunks(16).zip(b.chunks(16)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += (a - b) * (a - b);
        }
    }
    lanes.iter().sum()
}

/// The largest logit, and the sum of all exponentials over its.
pub fn exponentials(logits: &[f32]) -> (f32, f32) {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    (largest, logits.iter().map(|logit| (logit - largest).exp()).sum())
}

fn entropy_gradient(gradient: &mut [f32], logits: &[f32], targets: &[f32], weight: f32) {
    let rows = gradient.chunks_mut(CLASSES).zip(logits.chunks(CLASSES));
    for ((gradient, logits), targets) in rows.zip(targets.chunks(CLASSES)) {
        let labelled: f32 = targets.iter().sum();
        if labelled == 0.0 {
            gradient.fill(0.0);
            continue;
        }
        let (largest, sum) = exponentials(logits);
        for ((gradient, logit), target) in gradient.iter_mut().zip(logits).zip(targets) {
            *gradient = ((logit - largest).exp() / sum * labelled - target) * weight;
        }
    }
}
