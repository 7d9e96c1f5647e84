//! Glue between the domain and the window: the worker, the labels, what is going on, and the event log.

pub mod accuracy;
pub mod audit;
pub mod audited;
pub mod bring_back;
pub mod cells;
pub mod classes;
pub mod closing;
pub mod comparison;
#[cfg(target_os = "linux")]
pub mod display;
pub mod doubts;
pub mod dropped;
pub mod egui_time;
pub mod event_log;
pub mod export;
pub mod feed;
pub mod feedback;
pub mod fit_screen;
pub mod fonts;
pub mod gallery;
pub mod images;
pub mod input_queue;
pub mod intents;
pub mod keyboard;
pub mod known;
pub mod labelling;
pub mod learning;
pub mod legend;
pub mod memory;
pub mod merged;
pub mod milestones;
#[cfg(target_os = "linux")]
pub mod nudge;
pub mod pace;
pub mod panels;
pub mod probe;
pub mod progress;
pub mod queue;
pub mod recoloured;
pub mod redraw;
pub mod restore;
pub mod screen_reader;
pub mod screenshot;
pub mod seen;
pub mod shutdown;
pub mod stopping;
pub mod storage;
#[cfg(test)]
mod tests;
pub mod truth;
pub mod unsure;
pub mod worker;

use std::sync::Arc;
use std::time::Instant;

use bevy::prelude::*;

use crate::cli::WindowArgs;
pub use crate::training::message::Urgency;

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
