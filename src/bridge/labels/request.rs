//! Requests to change labels.

use bevy::prelude::*;

use ssvae_core::labels::Change;

/// A request to change labels.
#[derive(Message, Clone, Debug)]
pub enum LabelRequest {
    /// Label samples, or remove their labels, as one action.
    Give(Vec<Change>),
    /// Confirm the label of a sample.
    Keep(u32),
    Undo,
    Redo,
}
