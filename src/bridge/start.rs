//! How the window was started, and how other threads wake it.

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;

use super::options::WindowOptions;
pub use ssvae_core::training::message::Urgency;

/// How the window was started.
#[derive(Resource, Clone)]
pub struct Start {
    pub options: WindowOptions,
    /// Start of the process.
    pub at: Instant,
}

/// Wakes the window's sleeping event loop from another thread.
#[derive(Resource, Clone)]
pub struct Wake(pub Arc<dyn Fn(Urgency) + Send + Sync>);
