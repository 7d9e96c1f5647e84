//! AdamW with decay on kernels only and clipping by the global norm, as Optax chains them
//! (`clip_by_global_norm`, then `adamw` with a mask; Loshchilov & Hutter 2019). burn's own optimizers clip tensor by
//! tensor, decay biases too and keep their moments out of reach, so they cannot continue a Flax checkpoint.
//!
//! `CpuAdam` in [`host`](super::cpu) works on arrays, [`GpuAdam`](ssvae_gpu::adam::GpuAdam) on tensors.

pub const BETA_1: f64 = 0.9;
pub const BETA_2: f64 = 0.999;
pub const EPSILON: f64 = 1e-8;

/// What the two moments are divided by after `count` steps.
pub fn bias_corrections(count: i32) -> [f32; 2] {
    // In f32 as Optax does it: 0.999 has no near f32, which matters in the first steps.
    [BETA_1, BETA_2].map(|beta| 1.0 - (beta as f32).powi(count))
}
