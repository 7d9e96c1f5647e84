//! What is to become of the labels.

use bevy::prelude::*;

use ssvae_core::labels::Change;

/// What is to become of the labels.
#[derive(Message, Clone, Debug)]
pub enum LabelRequest {
    /// Label samples, or take their labels off, as one action.
    Give(Vec<Change>),
    /// Say that the label of a sample is right.
    Keep(u32),
    Undo,
    Redo,
}
