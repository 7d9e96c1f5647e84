//! Flax checkpoints: `flax.serialization.to_bytes` of `{params, opt_state, step}`, read and written.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

#[cfg(test)]
mod arbitrary;
mod array;
mod configuration;
mod digest;
mod file;
mod infer;
mod number;
mod optimizer_state;
mod save;
mod scan;
mod shapes;
mod tree;
mod weights_file;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use crate::files::{FileError, interrupted};
use crate::model::config::TrainingConfig;

pub use configuration::{
    EndState, configuration_path, last_path, load_configuration, save_configuration, shown_last,
};
pub use file::{decode, encode, load};
pub use infer::architecture;
pub use save::save;
pub use shapes::{check, expected_shapes};
pub use weights_file::{Saved, WeightsFile};

/// An f32 array in Flax's layout (kernels `[in, out]`, convolution kernels `[h, w, in, out]`), row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    pub shape: Vec<usize>,
    pub data: Vec<f32>,
}

/// Tensors by path, such as `encoder/hidden_0/kernel`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(pub BTreeMap<String, Tensor>);

/// Adam's state: steps counted, first and second moments shaped like the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    pub count: i32,
    pub mu: Parameters,
    pub nu: Parameters,
}

/// Which transformations Optax chains around Adam; the tree in the file depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptimizerLayout {
    /// Clipping by the global norm is on.
    pub clip: bool,
    /// Weight decay is above 0.
    pub decay: bool,
}

impl OptimizerLayout {
    /// The layout that this configuration has in Python.
    pub fn of(config: &TrainingConfig) -> Self {
        Self {
            clip: config.grad_clip_norm.is_some(),
            decay: config.weight_decay > 0.0,
        }
    }
}

/// A model with its optimizer, and what else stood in the file that it came from.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    pub params: Parameters,
    /// `None`: the optimizer begins anew.
    pub moments: Option<Moments>,
    /// Optimizer steps taken.
    pub step: i64,
    document: Option<rmpv::Value>,
}

impl Checkpoint {
    /// Weights that have not been trained.
    pub fn new(params: Parameters) -> Self {
        Self {
            params,
            moments: None,
            step: 0,
            document: None,
        }
    }

    /// The optimizer layout of the file that this came from; `None` for fresh weights and optimizers without moments.
    pub fn layout(&self) -> Option<OptimizerLayout> {
        file::layout(self)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("{path}: cannot be read ({source}); choose another file with --weights", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{path}: not a Flax checkpoint, or a damaged one: {problem}; restore it from {} or move it away",
        interrupted(path).map_or("a copy".into(), |copy| copy.display().to_string()),
        path = path.display()
    )]
    Broken { path: PathBuf, problem: String },
    #[error("the parameters do not fit the network: {}", problems.join("; "))]
    Misfit { problems: Vec<String> },
    #[error(transparent)]
    File(#[from] FileError),
}
