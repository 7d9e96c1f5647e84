//! The active-learning loop of a semi-supervised variational autoencoder (SSVAE), in one window.
//!
//! Data flows one way, and the modules stand in that order:
//!
//! ```text
//! dataset → model → (latent) → cloud: points, pick → labels → labels.csv → training → events → (latent)
//! ```
//!
//! Everything above [`cloud`] is the domain: it imports neither Bevy nor egui and is tested without a window.

// Tests say what they leave out.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod acquisition;
pub mod active_learning;
pub mod app;
pub mod bench;
pub mod checkpoint;
pub mod classes;
pub mod cli;
pub mod cloud;
pub mod console;
pub mod dataset;
pub mod effort;
pub mod evaluation;
pub mod event_log;
pub mod files;
pub mod filter;
pub mod heap;
pub mod input;
pub mod labels;
pub mod model;
pub mod npy;
pub mod outliers;
pub mod outputs;
pub mod overlay;
pub mod printable;
pub mod product;
pub mod projection;
pub mod propagation;
pub mod session;
pub mod signals;
pub mod similarity;
pub mod simulation;
pub mod stage;
pub mod training;
