//! Glue between the domain and the window: the worker, the labels, what is going on, and the event log.

pub mod labels;
pub mod log;
pub mod model;
pub mod panels;
pub mod samples;

pub mod learning;
pub mod queue;
pub mod stopping;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;

use crate::cli::WindowArgs;
pub use ssvae_core::training::message::Urgency;

/// How the window was started.
#[derive(Resource, Clone)]
pub struct Start {
    pub args: WindowArgs,
    /// Start of the process.
    pub at: Instant,
}

/// Wakes the window's sleeping event loop from another thread.
#[derive(Resource, Clone)]
pub struct Wake(pub Arc<dyn Fn(Urgency) + Send + Sync>);
