//! A layer, forwards and backwards, on rows of a batch.

use super::sparse::Sparse;
use crate::gemm::{Matrix, multiply};
use crate::model::layers::Kind;

/// Numbers that are gathered at a time: they stay in a core's cache.
const GATHERED: usize = 128 * 1024;

/// Parameters by their place among all of the network's.
pub type Weights<'a> = [&'a [f32]];

/// The kernels transposed, in their places, for the way back: each is needed by every part.
pub type Transposed = [Vec<f32>];

/// `input·kernel + bias` and a leaky ReLU.
#[derive(Clone, Copy, Debug)]
pub struct Layer {
    /// Places of the kernel, a matrix of [`Layer::kernel_size`], and the bias.
    pub kernel: usize,
    pub bias: usize,
    pub kind: Kind,
    /// Of the leaky ReLU; 1: none.
    pub slope: f32,
    /// Place of its dropout mask among all masks.
    pub mask: Option<usize>,
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

impl Layer {
    /// Numbers of a sample before the layer.
    pub fn inputs(&self) -> usize {
        self.kind.inputs()
    }

    /// Numbers of a sample behind the layer.
    pub fn outputs(&self) -> usize {
        self.kind.outputs()
    }

    /// Its dropout mask, `[n, outputs]`, among those of all layers that have one.
    pub fn mask<'a>(&self, masks: Option<&'a [Vec<f32>]>) -> Option<&'a [f32]> {
        masks?.get(self.mask?).map(Vec::as_slice)
    }

    /// Rows and columns of the kernel: a convolution's is `[seen, features]`, a transposed one's `[features, seen]`.
    pub fn kernel_size(&self) -> [usize; 2] {
        match self.kind {
            Kind::Dense { inputs, outputs } => [inputs, outputs],
            Kind::Conv { window, features } => [window.seen(), features],
            Kind::ConvTranspose { window, features } => [features, window.seen()],
        }
    }

    /// Numbers of the bias, which repeat over the output.
    pub fn channels(&self) -> usize {
        match self.kind {
            Kind::Dense { outputs, .. } => outputs,
            Kind::Conv { features, .. } => features,
            Kind::ConvTranspose { window, .. } => window.channels,
        }
    }

    /// `input`: `[n, inputs]`, `output`: `[n, outputs]`, multiplied by `mask` of its size where there is one.
    pub fn forward(
        &self,
        weights: &Weights,
        input: Input,
        output: &mut [f32],
        mask: Option<&[f32]>,
        gathered: &mut Vec<f32>,
    ) {
        let [rows, columns] = self.kernel_size();
        let kernel = Matrix::new(weights[self.kernel], columns);
        match self.kind {
            Kind::Dense { .. } => {
                let samples = output.len() / columns;
                let done = input.sparse.is_some_and(|sparse| {
                    sparse.multiply(0, samples, weights[self.kernel], columns, false, output)
                });
                if !done {
                    multiply(output, false, Matrix::new(input.dense, rows), kernel);
                }
            }
            Kind::Conv { window, features } => {
                for (input, output) in self.blocks(input.dense, output) {
                    window.gather(input, gathered);
                    multiply(
                        output,
                        false,
                        Matrix::new(gathered, rows),
                        Matrix::new(weights[self.kernel], features),
                    );
                }
            }
            Kind::ConvTranspose { window, .. } => {
                for (input, output) in self.blocks(input.dense, output) {
                    gathered.resize(input.len() / rows * columns, 0.0);
                    multiply(gathered, false, Matrix::new(input, rows), kernel);
                    output.fill(0.0);
                    window.scatter(gathered, output);
                }
            }
        }
        for row in output.chunks_exact_mut(self.channels()) {
            for (value, bias) in row.iter_mut().zip(weights[self.bias]) {
                let sum = *value + bias;
                *value = if sum < 0.0 { sum * self.slope } else { sum };
            }
        }
        if let Some(mask) = mask {
            for (value, mask) in output.iter_mut().zip(mask) {
                *value *= mask;
            }
        }
    }

    /// Turns the gradient of the layer's `output` into that of `input·kernel + bias`, in place.
    pub fn before_activation(&self, output: &[f32], gradient: &mut [f32], mask: Option<&[f32]>) {
        if self.slope != 1.0 {
            for (gradient, output) in gradient.iter_mut().zip(output) {
                *gradient *= if *output < 0.0 { self.slope } else { 1.0 };
            }
        }
        if let Some(mask) = mask {
            for (gradient, mask) in gradient.iter_mut().zip(mask) {
                *gradient *= mask;
            }
        }
    }

    /// A dense layer's gradient of the input from the one before the activation, added to what stands there with `add`.
    pub fn backward(&self, transposed: &Transposed, gradient: &[f32], add: bool, input: &mut [f32]) {
        let [inputs, outputs] = self.kernel_size();
        let kernel = Matrix::new(&transposed[self.kernel], inputs);
        multiply(input, add, Matrix::new(gradient, outputs), kernel);
    }

    /// A convolution's gradients from the one before the activation: `kernel` of the size of its kernel, and that of the
    /// input, where it is asked for.
    pub fn backward_windows(
        &self,
        transposed: &Transposed,
        input: &[f32],
        gradient: &[f32],
        kernel: &mut [f32],
        mut input_gradient: Option<&mut [f32]>,
        gathered: &mut Vec<f32>,
    ) {
        let [rows, columns] = self.kernel_size();
        let turned = &transposed[self.kernel];
        let (samples, per_block) = self.block(input.len());
        for first in (0..samples).step_by(per_block) {
            let last = samples.min(first + per_block);
            let (inputs, outputs) = (self.inputs(), self.outputs());
            let input = &input[first * inputs..last * inputs];
            let gradient = &gradient[first * outputs..last * outputs];
            let to_input = input_gradient
                .as_mut()
                .map(|all| &mut all[first * inputs..last * inputs]);
            let add = first > 0;
            match self.kind {
                Kind::Dense { .. } => {}
                Kind::Conv { window, .. } => {
                    window.gather(input, gathered);
                    let seen = Matrix::new(gathered, rows).transposed();
                    multiply(kernel, add, seen, Matrix::new(gradient, columns));
                    if let Some(to_input) = to_input {
                        multiply(
                            gathered,
                            false,
                            Matrix::new(gradient, columns),
                            Matrix::new(turned, rows),
                        );
                        to_input.fill(0.0);
                        window.scatter(gathered, to_input);
                    }
                }
                Kind::ConvTranspose { window, .. } => {
                    window.gather(gradient, gathered);
                    let seen = Matrix::new(gathered, columns);
                    multiply(kernel, add, Matrix::new(input, rows).transposed(), seen);
                    if let Some(to_input) = to_input {
                        multiply(to_input, false, seen, Matrix::new(turned, rows));
                    }
                }
            }
        }
    }

    /// Samples of an input of this length, and how many of them are gathered at a time.
    fn block(&self, length: usize) -> (usize, usize) {
        let gathered = match self.kind {
            Kind::Dense { outputs, .. } => outputs,
            Kind::Conv { window, .. } | Kind::ConvTranspose { window, .. } => {
                window.positions() * window.seen()
            }
        };
        (length / self.inputs(), (GATHERED / gathered).max(1))
    }

    /// Inputs with their outputs, some samples at a time.
    fn blocks<'a>(
        &self,
        input: &'a [f32],
        output: &'a mut [f32],
    ) -> impl Iterator<Item = (&'a [f32], &'a mut [f32])> {
        let (_, samples) = self.block(input.len());
        let inputs = input.chunks(samples * self.inputs());
        inputs.zip(output.chunks_mut(samples * self.outputs()))
    }
}
