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
    pub parameters: Vec<Parameter>,
}

impl Layers {
    pub fn new(architecture: &Architecture) -> Self {
        let mut all = Self::default();
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
    let mut data = tensor.data.clone();
    each_moved(parameter, |here, there| data[here] = tensor.data[there]);
    data
}

/// The reverse of [`read`].
pub fn to_flax(parameter: &Parameter, data: &[f32]) -> Tensor {
    let mut flax = data.to_vec();
    each_moved(parameter, |here, there| flax[there] = data[here]);
    Tensor {
        shape: parameter.shape.clone(),
        data: flax,
    }
}

/// The places of a number here and in Flax. They differ for the kernel of a transposed convolution, which is
/// `[inputs, SIDE, SIDE, outputs]` here.
fn each_moved(parameter: &Parameter, mut visit: impl FnMut(usize, usize)) {
    let Some([_, outputs]) = parameter.channels().filter(|_| parameter.is_flipped()) else {
        return;
    };
    for (there, tap) in parameter.taps().enumerate() {
        let Tap {
            row,
            column,
            input,
            output,
        } = tap;
        visit(((input * SIDE + row) * SIDE + column) * outputs + output, there);
    }
}
