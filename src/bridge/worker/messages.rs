//! What goes to the worker and comes from it.

use bevy::prelude::*;
use ssvae_core::training::message::{Command, Event};

/// An event of the worker, in order.
#[derive(Message, Clone)]
pub struct FromWorker(pub Event);

/// A command for the worker.
#[derive(Message, Clone)]
pub struct ToWorker(pub Command);
