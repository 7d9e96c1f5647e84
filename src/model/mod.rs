//! The semi-supervised variational autoencoder, generic over burn's backends.

pub mod classifier;
pub mod config;
pub mod decoder;
pub mod encoder;
pub mod initialise;
pub mod network;
pub mod objective;
pub mod parameters;
