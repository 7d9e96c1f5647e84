//! The user's labels, their file, and what was done to them.

use bevy::prelude::*;

use ssvae_core::labels::{Journal, LabelStore, Labels};

/// The user's labels as shown. [`LabelFile`] counts those that are not on the disk yet.
#[derive(Resource)]
pub struct UserLabels(pub Labels);

/// The labels file, which a thread of its own writes.
#[derive(Resource)]
pub struct LabelFile(pub LabelStore);

/// The history of the user's actions.
#[derive(Resource, Default)]
pub struct LabelHistory {
    pub journal: Journal,
    /// The last action in words, for the message that it is saved.
    pub saving: String,
}
