//! The whole network on some rows of a batch: forwards, the losses, backwards to every layer's gradient before its
//! activation. The objective is [`ssvae_gpu::objective`]'s.

use crate::model::config::{CLASSES, TrainingConfig};

use super::images::Images;
use super::layer::{Layer, Transposed, Weights};
use super::network::Layers;
use super::sequential::{self, Trace};

/// What some rows are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    #[default]
    Both,
    /// They are decoded, and have a share of the reconstruction error and of the KL divergence.
    Decoded,
    /// They are classified, and have a share of the cross entropy.
    Classified,
}

impl Role {
    /// Whether the mean (0) or the logarithm of the variance (1) has a part in it.
    pub fn has_head(self, head: usize) -> bool {
        head == 0 || self != Self::Classified
    }
}

/// Everything that belongs to some rows of a batch; its memory is kept from one batch to the next.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub role: Role,
    pub count: usize,
    pub images: Images,
    /// See `targets` of [`ssvae_gpu::objective::terms`].
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
        self.output.resize(rows * layer.outputs(), 0.0);
        self.gradient.resize(rows * layer.outputs(), 0.0);
        layer.forward(weights, input.into(), &mut self.output, None, &mut Vec::new());
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
    /// Images → posterior and z, and logits of rows that are classified.
    pub fn encode(&mut self, layers: &Layers, weights: &Weights) {
        sequential::forward(
            &layers.encoder,
            weights,
            self.count,
            self.images.input(),
            &[],
            &mut self.encoder,
        );
        let features = self.encoder.output(self.images.as_slice());
        for (head, layer) in [&mut self.mean, &mut self.log_variance]
            .into_iter()
            .zip(&layers.heads)
        {
            head.forward(layer, weights, self.count, features);
        }
        self.z.clone_from(&self.mean.output);
        if let Some(epsilon) = &self.epsilon {
            for ((z, log), epsilon) in self.z.iter_mut().zip(&self.log_variance.output).zip(epsilon) {
                *z += (log * 0.5).exp() * epsilon;
            }
        }
        if self.role == Role::Decoded {
            return;
        }
        let masks = masks(&self.dropout);
        sequential::forward(
            &layers.classifier,
            weights,
            self.count,
            self.z.as_slice().into(),
            masks.as_slice(),
            &mut self.classifier,
        );
    }

    /// z → reconstruction of rows that are decoded.
    pub fn decode(&mut self, layers: &Layers, weights: &Weights) {
        if self.role == Role::Classified {
            return;
        }
        sequential::forward(
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
        self.z_gradient.resize(self.z.len(), 0.0);
        if self.role != Role::Classified {
            let pixels = self.images.as_slice().len() as f32 / self.count.max(1) as f32;
            let factor = 2.0 * config.recon_weight / (n * pixels);
            if let (Some(gradient), Some(ours)) =
                (self.decoder.gradients.last_mut(), self.decoder.outputs.last())
            {
                for ((gradient, ours), image) in gradient.iter_mut().zip(ours).zip(self.images.as_slice()) {
                    *gradient = (ours - image) * factor;
                }
            }
            let to_z = Some((false, self.z_gradient.as_mut_slice()));
            sequential::backward(&layers.decoder, transposed, &self.z, &[], &mut self.decoder, to_z);
        }
        if self.role != Role::Decoded {
            if let (Some(gradient), Some(logits)) = (
                self.classifier.gradients.last_mut(),
                self.classifier.outputs.last(),
            ) {
                entropy_gradient(gradient, logits, &self.targets, config.label_weight);
            }
            let masks = masks(&self.dropout);
            let add = self.role == Role::Both;
            let to_z = Some((add, self.z_gradient.as_mut_slice()));
            sequential::backward(
                &layers.classifier,
                transposed,
                &self.z,
                masks.as_slice(),
                &mut self.classifier,
                to_z,
            );
        }
        self.posterior_gradient(config.kl_weight / n);

        // Without hidden layers the heads stand on the images, whose gradient nobody asks for.
        let Some(features) = self.encoder.gradients.last_mut() else {
            return;
        };
        for (i, (head, layer)) in [&self.mean, &self.log_variance]
            .into_iter()
            .zip(&layers.heads)
            .enumerate()
        {
            if self.role.has_head(i) {
                layer.backward(transposed, &head.gradient, i > 0, features);
            }
        }
        let images = self.images.as_slice();
        sequential::backward(&layers.encoder, transposed, images, &[], &mut self.encoder, None);
    }

    fn posterior_gradient(&mut self, kl: f32) {
        if self.role == Role::Classified {
            self.mean.gradient.copy_from_slice(&self.z_gradient);
            return;
        }
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
