//! The domain of the SSVAE dashboard. It knows no window: what it needs of one is asked of it by plain functions and
//! channels.
//!
//! Data flows one way:
//!
//! ```text
//! dataset → model → training → latents → labels → labels.csv → targets → training
//!    └→ similarity → propagation → acquisition ──↗
//! ```

// Tests say what they leave out.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]
// What comes from outside ends no thread. Readers deny indexing besides.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod acquisition;
pub mod active_learning;
pub mod checkpoint;
pub mod choice;
pub mod classes;
pub mod clock;
pub mod dataset;
pub mod evaluation;
pub mod examples;
pub mod files;
pub mod filter;
pub mod format;
mod gemm;
pub mod input;
pub mod job;
pub mod labels;
pub mod map;
pub mod model;
mod npy;
pub mod outliers;
pub mod outputs;
mod panic_text;
pub mod printable;
mod procrustes;
pub mod projection;
pub mod propagation;
pub mod similarity;
pub mod simulation;
pub mod training;
pub mod worker;
