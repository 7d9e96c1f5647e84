//! The layers of [`crate::model::layers`] with the places of their parameters.

use crate::model::config::Architecture;
use crate::model::layers::{Parameter, Part, SIDE, Tap, layers};
use crate::model::parameters::{Parameters, Tensor};

use super::layer::Layer;

/// The layers from the data to the losses, and the parameters in the order of their places.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    pub encoder: Vec<Layer>,
    /// Mean and log variance of the posterior.
    pub heads: Vec<Layer>,
    pub decoder: Vec<Layer>,
    pub classifier: Vec<Layer>,
    /// Outputs of the classifier.
    pub classes: usize,
    pub parameters: Vec<Parameter>,
}

impl Layers {
    pub fn new(architecture: &Architecture) -> Self {
        let mut all = Self {
            classes: architecture.classes.get(),
            ..Self::default()
        };
        let mut masks = 0..;
        for layer in layers(architecture) {
            let place = all.parameters.len();
            all.parameters.extend(layer.parameters());
            let part = match layer.part {
                Part::Encoder => &mut all.encoder,
                Part::Heads => &mut all.heads,
                Part::Decoder => &mut all.decoder,
                Part::Classifier => &mut all.classifier,
            };
            part.push(Layer {
                kernel: place,
                bias: place + 1,
                kind: layer.kind,
                slope: layer.slope.map_or(1.0, |slope| slope as f32),
                mask: if layer.dropout { masks.next() } else { None },
            });
        }
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
}

/// The array of a parameter among `flax`, in this engine's layout; zeros where there is none.
pub fn read(parameter: &Parameter, flax: Option<&Parameters>) -> Vec<f32> {
    let found = flax.and_then(|flax| flax.0.get(&parameter.path));
    let Some(tensor) = found.filter(|tensor| tensor.data.len() == parameter.elements()) else {
        return vec![0.0; parameter.elements()];
    };
    parameter.from_flax(&tensor.data, place(parameter))
}

/// The reverse of [`read`].
pub fn to_flax(parameter: &Parameter, data: &[f32]) -> Tensor {
    Tensor {
        shape: parameter.shape.clone(),
        data: parameter.to_flax(data, place(parameter)),
    }
}

/// Where a number of a kernel lies: `[SIDE, SIDE, inputs, outputs]`, for a transposed convolution `[inputs, SIDE, SIDE,
/// outputs]`.
fn place(parameter: &Parameter) -> impl Fn(Tap) -> usize {
    let [inputs, outputs] = parameter.channels().unwrap_or_default();
    let flipped = parameter.is_flipped();
    move |tap| {
        let row = if flipped {
            (tap.input * SIDE + tap.row) * SIDE + tap.column
        } else {
            (tap.row * SIDE + tap.column) * inputs + tap.input
        };
        row * outputs + tap.output
    }
}
