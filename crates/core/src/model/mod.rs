//! The model: what a network looks like, how it is trained, and its first weights.

pub mod config;
pub mod initialise;
