//! AdamW with decay on kernels only and clipping by the global norm, as Optax chains them
//! (`clip_by_global_norm`, then `adamw` with a mask; Loshchilov & Hutter 2019):
//!
//! ```text
//! g ← g · min(1, limit / ‖all gradients‖)
//! μ ← β₁ μ + (1 − β₁) g        ν ← β₂ ν + (1 − β₂) g²
//! w ← w − rate · (μ / (1 − β₁ᵗ) / (√(ν / (1 − β₂ᵗ)) + ε) + decay · w)
//! ```
//!
//! burn's own optimizers clip tensor by tensor, decay biases too and keep their moments out of reach, so they cannot
//! continue a Flax checkpoint. The formula is computed on arrays by the CPU's engine and on tensors by the GPU's;
//! the parameters are those of [`layers`](crate::model::layers::layers).

use crate::model::config::TrainingConfig;
use crate::model::layers::Parameter;

/// β₁
pub const BETA_1: f64 = 0.9;
/// β₂
pub const BETA_2: f64 = 0.999;
/// ε
pub const EPSILON: f64 = 1e-8;

/// What the two moments are divided by after `count` steps: `1 − βᵗ`.
pub fn bias_corrections(count: i32) -> [f32; 2] {
    // In f32 as Optax does it: 0.999 has no near f32, which matters in the first steps.
    [BETA_1, BETA_2].map(|beta| 1.0 - (beta as f32).powi(count))
}

/// The decay of a parameter: biases have none.
pub fn decay(parameter: &Parameter, config: &TrainingConfig) -> f32 {
    if parameter.is_kernel {
        config.weight_decay
    } else {
        0.0
    }
}
