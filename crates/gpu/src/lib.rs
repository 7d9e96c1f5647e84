//! The network of [`ssvae_core::model`] on a GPU, differentiated by burn.

#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

mod adam;
mod adapters;
mod backlog;
mod engine;
mod forward;
mod images;
mod layer;
mod network;
mod objective;
mod parameters;
#[cfg(test)]
mod parity;

pub use adapters::{find, software};
