//! Layers one after the other, forwards and backwards.

use super::layer::{Input, Layer, Transposed, Weights};
use crate::model::layers::Kind;

/// What a chain leaves behind for some rows, layer by layer.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub outputs: Vec<Vec<f32>>,
    /// Gradients before the activation.
    pub gradients: Vec<Vec<f32>>,
    /// These rows' gradients of the convolutions' kernels; empty for dense layers.
    pub kernels: Vec<Vec<f32>>,
    gathered: Vec<f32>,
}

impl Trace {
    fn fit(&mut self, layers: &[Layer], rows: usize) {
        for arrays in [&mut self.outputs, &mut self.gradients] {
            arrays.resize_with(layers.len(), Vec::new);
            for (array, layer) in arrays.iter_mut().zip(layers) {
                array.resize(rows * layer.outputs(), 0.0);
            }
        }
        self.kernels.resize_with(layers.len(), Vec::new);
    }

    /// Output and gradient of the last layer.
    pub fn last_mut(&mut self) -> (&[f32], &mut [f32]) {
        let output = self.outputs.last().map(Vec::as_slice);
        let gradient = self.gradients.last_mut().map(Vec::as_mut_slice);
        (output.unwrap_or_default(), gradient.unwrap_or_default())
    }

    /// What the chain gave; `input` where it has no layers.
    pub fn output<'a>(&'a self, input: &'a [f32]) -> &'a [f32] {
        self.outputs.last().map_or(input, Vec::as_slice)
    }
}

/// `rows` rows of `input` through all layers; `masks`: see [`Layer::mask`].
pub fn forward(
    layers: &[Layer],
    weights: &Weights,
    rows: usize,
    input: Input,
    masks: Option<&[Vec<f32>]>,
    trace: &mut Trace,
) {
    trace.fit(layers, rows);
    for (i, layer) in layers.iter().enumerate() {
        let (before, output) = trace.outputs.split_at_mut(i);
        let input = before.last().map_or(input, |output| output.as_slice().into());
        layer.forward(
            weights,
            input,
            &mut output[0],
            layer.mask(masks),
            &mut trace.gathered,
        );
    }
}

/// The way back: the last of `trace.gradients` holds the gradient of the chain's output, afterwards each the one before
/// its layer's activation. The gradient of the chain's input goes to `to_input`, where it is asked for, added to what
/// stands there with `true`; only a dense first layer has one.
pub fn backward(
    layers: &[Layer],
    transposed: &Transposed,
    input: &[f32],
    masks: Option<&[Vec<f32>]>,
    trace: &mut Trace,
    mut to_input: Option<(bool, &mut [f32])>,
) {
    for (i, layer) in layers.iter().enumerate().rev() {
        let (before, gradient) = trace.gradients.split_at_mut(i);
        let gradient = &mut gradient[0];
        layer.before_activation(&trace.outputs[i], gradient, layer.mask(masks));
        let before = before.last_mut();
        if !matches!(layer.kind, Kind::Dense { .. }) {
            let [rows, columns] = layer.kernel_size();
            let kernel = &mut trace.kernels[i];
            kernel.resize(rows * columns, 0.0);
            let input = if i == 0 { input } else { &trace.outputs[i - 1] };
            let before = before.map(Vec::as_mut_slice);
            layer.backward_windows(transposed, input, gradient, kernel, before, &mut trace.gathered);
            continue;
        }
        match (before, &mut to_input) {
            (Some(before), _) => layer.backward(transposed, gradient, false, before),
            (None, Some((add, to_input))) => layer.backward(transposed, gradient, *add, to_input),
            (None, None) => {}
        }
    }
}
