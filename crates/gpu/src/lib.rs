//! The network of [`ssvae_core::model`] on a GPU, differentiated by burn.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

pub mod adam;
pub mod adapters;
pub mod backlog;
pub mod classifier;
pub mod decoder;
pub mod encoder;
pub mod engine;
pub mod forward;
pub mod images;
pub mod network;
pub mod objective;
pub mod parameters;
#[cfg(test)]
mod parity;

pub use adapters::{find, software};
