//! The model: what a network looks like, how it is trained, and its first weights.

pub mod config;
mod digest;
pub mod initialise;
pub mod layers;
pub mod objective;
pub mod parameters;
