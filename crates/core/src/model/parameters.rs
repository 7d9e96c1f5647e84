//! Arrays of numbers by their names in Flax.

use std::collections::BTreeMap;

/// An f32 array in Flax's layout (kernels `[in, out]`, convolution kernels `[h, w, in, out]`), row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Length of each axis, the slowest first.
    pub shape: Vec<usize>,
    /// As many numbers as the product of the shape.
    pub data: Vec<f32>,
}

/// Tensors by path, such as `encoder/hidden_0/kernel`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(pub BTreeMap<String, Tensor>);

/// Adam's state: steps counted, first and second moments shaped like the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// Steps that the moments are of, from which their bias is corrected.
    pub count: i32,
    /// First moments: running means of the gradients.
    pub mu: Parameters,
    /// Second moments: running means of their squares.
    pub nu: Parameters,
}
