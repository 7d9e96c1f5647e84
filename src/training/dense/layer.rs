//! A dense layer and a chain of them, forwards and backwards, on rows of a batch.

use crate::model::encoder::DENSE_SLOPE;

use super::product::{Matrix, multiply};
use super::sparse::Sparse;

/// Parameters by their place among all of the network's.
pub type Weights<'a> = [&'a [f32]];

/// The kernels transposed, `[outputs, inputs]`, in their places, for the way back: each is needed by every part.
pub type Transposed = [Vec<f32>];

/// `x·kernel + bias`, and a leaky ReLU where it is activated.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Places of the kernel, row-major `[inputs, outputs]`, and the bias.
    pub kernel: usize,
    pub bias: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub activated: bool,
}

impl Layer {
    /// `input`: `[n, inputs]`, `output`: `[n, outputs]`, multiplied by `mask` of its size where there is one.
    pub fn forward(&self, weights: &Weights, input: Input, output: &mut [f32], mask: Option<&[f32]>) {
        let kernel = weights[self.kernel];
        let rows = output.len() / self.outputs;
        let done = input
            .sparse
            .is_some_and(|sparse| sparse.multiply(0, rows, kernel, self.outputs, false, output));
        if !done {
            let input = Matrix::new(input.dense, self.inputs);
            multiply(output, false, input, Matrix::new(kernel, self.outputs));
        }
        let slope = if self.activated { DENSE_SLOPE as f32 } else { 1.0 };
        for row in output.chunks_exact_mut(self.outputs) {
            for (value, bias) in row.iter_mut().zip(weights[self.bias]) {
                let sum = *value + bias;
                *value = if sum < 0.0 { sum * slope } else { sum };
            }
        }
        if let Some(mask) = mask {
            for (value, mask) in output.iter_mut().zip(mask) {
                *value *= mask;
            }
        }
    }

    /// Turns the gradient of the layer's `output` into that of `x·kernel + bias`, in place.
    pub fn before_activation(&self, output: &[f32], gradient: &mut [f32], mask: Option<&[f32]>) {
        if self.activated {
            for (gradient, output) in gradient.iter_mut().zip(output) {
                *gradient *= if *output < 0.0 { DENSE_SLOPE as f32 } else { 1.0 };
            }
        }
        if let Some(mask) = mask {
            for (gradient, mask) in gradient.iter_mut().zip(mask) {
                *gradient *= mask;
            }
        }
    }

    /// The gradient of the input from the one before the activation, added to what stands there with `add`.
    pub fn backward(&self, transposed: &Transposed, gradient: &[f32], add: bool, input: &mut [f32]) {
        let kernel = Matrix::new(&transposed[self.kernel], self.inputs);
        multiply(input, add, Matrix::new(gradient, self.outputs), kernel);
    }
}

/// What goes into a layer, `[n, inputs]`, and the same once more where it has many zeros.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    pub dense: &'a [f32],
    pub sparse: Option<&'a Sparse>,
}

impl<'a> From<&'a [f32]> for Input<'a> {
    fn from(dense: &'a [f32]) -> Self {
        Self { dense, sparse: None }
    }
}

/// Outputs of each layer of a chain for some rows, and the gradients before its activation.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub outputs: Vec<Vec<f32>>,
    pub gradients: Vec<Vec<f32>>,
}

impl Trace {
    fn fit(&mut self, layers: &[Layer], rows: usize) {
        for arrays in [&mut self.outputs, &mut self.gradients] {
            arrays.resize_with(layers.len(), Vec::new);
            for (array, layer) in arrays.iter_mut().zip(layers) {
                array.resize(rows * layer.outputs, 0.0);
            }
        }
    }

    /// What the chain gave; `input` where it has no layers.
    pub fn output<'a>(&'a self, input: &'a [f32]) -> &'a [f32] {
        self.outputs.last().map_or(input, Vec::as_slice)
    }
}

/// `rows` rows of `input` through all layers; layer `i` has the mask `masks[i]` where there is one.
pub fn forward(
    layers: &[Layer],
    weights: &Weights,
    rows: usize,
    input: Input,
    masks: &[&[f32]],
    trace: &mut Trace,
) {
    trace.fit(layers, rows);
    for (i, layer) in layers.iter().enumerate() {
        let (before, output) = trace.outputs.split_at_mut(i);
        let input = before.last().map_or(input, |output| output.as_slice().into());
        layer.forward(weights, input, &mut output[0], masks.get(i).copied());
    }
}

/// The way back: the last of `trace.gradients` holds the gradient of the chain's output, afterwards each the one before
/// its layer's activation. The gradient of the chain's input goes to `input`, where it is asked for.
pub fn backward(
    layers: &[Layer],
    transposed: &Transposed,
    masks: &[&[f32]],
    trace: &mut Trace,
    mut input: Option<(bool, &mut [f32])>,
) {
    for (i, layer) in layers.iter().enumerate().rev() {
        let (before, gradient) = trace.gradients.split_at_mut(i);
        let gradient = &mut gradient[0];
        layer.before_activation(&trace.outputs[i], gradient, masks.get(i).copied());
        match (before.last_mut(), &mut input) {
            (Some(before), _) => layer.backward(transposed, gradient, false, before),
            (None, Some((add, input))) => layer.backward(transposed, gradient, *add, input),
            (None, None) => {}
        }
    }
}
