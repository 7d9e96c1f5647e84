//! The active-learning loop of a semi-supervised variational autoencoder (SSVAE), in one window.
//!
//! Data flows one way, and the modules stand in that order:
//!
//! ```text
//! dataset → model → (latent) → cloud: points, pick → labels → labels.csv → training → events → (latent)
//! ```
//!
//! Everything above [`cloud`] is the domain: it imports neither Bevy nor egui and is tested without a window.

pub mod dataset;
pub mod model;
pub mod checkpoint;
pub mod outputs;
pub mod labels;
pub mod training;
pub mod acquisition;
pub mod projection;
pub mod event_log;
pub mod cloud;
pub mod session;
pub mod overlay;
pub mod app;
pub mod cli;
