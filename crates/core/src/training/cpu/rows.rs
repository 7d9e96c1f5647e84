//! The whole network on some rows of a batch: forwards, the losses, backwards to every layer's gradient before its
//! activation.

use crate::model::config::TrainingConfig;
use crate::model::objective::Term;

use super::images::Images;
use super::layer::{Layer, Transposed, Weights};
use super::network::Layers;
use super::objective::{self, Gradients, Outputs};
use super::role::Role;
use super::sequential::{self, Trace};

/// Everything that belongs to some rows of a batch; its memory is kept from one batch to the next.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub role: Role,
    pub count: usize,
    pub images: Images,
    /// Of the classifier's outputs.
    pub classes: usize,
    /// `[count, classes]`
    pub targets: Vec<f32>,
    /// Standard normal numbers; none: z is the posterior mean.
    pub epsilon: Option<Vec<f32>>,
    /// See [`Layer::mask`].
    pub dropout: Option<Vec<Vec<f32>>>,
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

impl Rows {
    /// Images → posterior and z, and logits of rows that are classified.
    pub fn encode(&mut self, layers: &Layers, weights: &Weights) {
        sequential::forward(
            &layers.encoder,
            weights,
            self.count,
            self.images.input(),
            self.dropout.as_deref(),
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
        let masks = self.dropout.as_deref();
        sequential::forward(
            &layers.classifier,
            weights,
            self.count,
            self.z.as_slice().into(),
            masks,
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
            self.dropout.as_deref(),
            &mut self.decoder,
        );
    }

    /// `[count, pixels]`, after [`Rows::decode`].
    pub fn reconstruction(&self) -> &[f32] {
        self.decoder.output(&self.z)
    }

    /// `[count, classes]`
    pub fn logits(&self) -> &[f32] {
        self.classifier.output(&self.z)
    }

    /// What the rows have of each term, see [`objective::sum`].
    pub fn sums(&self) -> [f64; Term::ALL.len()] {
        let pixels = self.pixels();
        let outputs = Outputs {
            images: self.images.as_slice(),
            reconstruction: self.reconstruction(),
            mean: &self.mean.output,
            log_variance: &self.log_variance.output,
            classes: self.classes,
            logits: self.logits(),
            targets: &self.targets,
        };
        Term::ALL.map(|term| objective::sum(term, outputs, pixels))
    }

    fn pixels(&self) -> usize {
        self.images.as_slice().len() / self.count.max(1)
    }

    /// Gradients of the objective of a batch of `batch` samples, of which these rows are a part.
    pub fn backward(
        &mut self,
        layers: &Layers,
        transposed: &Transposed,
        batch: usize,
        config: &TrainingConfig,
    ) {
        self.output_gradients(batch, config);
        let masks = self.dropout.as_deref();
        self.z_gradient.clear();
        self.z_gradient.resize(self.z.len(), 0.0);
        let (z, z_gradient) = (self.z.as_slice(), self.z_gradient.as_mut_slice());
        if self.role != Role::Classified {
            let to_z = Some((false, &mut *z_gradient));
            sequential::backward(&layers.decoder, transposed, z, masks, &mut self.decoder, to_z);
        }
        if self.role != Role::Decoded {
            let to_z = Some((self.role == Role::Both, z_gradient));
            sequential::backward(
                &layers.classifier,
                transposed,
                z,
                masks,
                &mut self.classifier,
                to_z,
            );
        }
        self.add_z_gradient();

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
        let masks = self.dropout.as_deref();
        let images = self.images.as_slice();
        sequential::backward(
            &layers.encoder,
            transposed,
            images,
            masks,
            &mut self.encoder,
            None,
        );
    }

    /// Gradients of the objective by the network's outputs.
    fn output_gradients(&mut self, batch: usize, config: &TrainingConfig) {
        let pixels = self.pixels();
        let (reconstruction, to_reconstruction) = self.decoder.last_mut();
        let (logits, to_logits) = self.classifier.last_mut();
        let outputs = Outputs {
            images: self.images.as_slice(),
            reconstruction,
            mean: &self.mean.output,
            log_variance: &self.log_variance.output,
            classes: self.classes,
            logits,
            targets: &self.targets,
        };
        let mut gradients = Gradients {
            reconstruction: to_reconstruction,
            mean: &mut self.mean.gradient,
            log_variance: &mut self.log_variance.gradient,
            logits: to_logits,
        };
        gradients.reconstruction.fill(0.0);
        gradients.mean.fill(0.0);
        gradients.log_variance.fill(0.0);
        gradients.logits.fill(0.0);
        for term in Term::ALL {
            if self.role.has_share(term) {
                let weight = term.weight(config);
                objective::add_gradient(term, weight, outputs, batch, pixels, &mut gradients);
            }
        }
    }

    /// Adds what z passes on to the posterior's gradients: z = mean + exp(log variance / 2) · ε.
    fn add_z_gradient(&mut self) {
        for (gradient, z) in self.mean.gradient.iter_mut().zip(&self.z_gradient) {
            *gradient += z;
        }
        if let Some(epsilon) = &self.epsilon {
            let head = &mut self.log_variance;
            let rows = head.gradient.iter_mut().zip(&head.output);
            for (((gradient, log), z), epsilon) in rows.zip(&self.z_gradient).zip(epsilon) {
                *gradient += z * epsilon * 0.5 * (log * 0.5).exp();
            }
        }
    }
}
