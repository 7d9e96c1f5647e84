//! What a checkpoint holds.

use crate::model::config::TrainingConfig;
use crate::model::parameters::{Moments, Parameters};

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
    /// The weights, by their paths in Flax.
    pub params: Parameters,
    /// `None`: the optimizer begins anew.
    pub moments: Option<Moments>,
    /// Optimizer steps taken.
    pub step: i64,
    pub(super) document: Option<rmpv::Value>,
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
}
