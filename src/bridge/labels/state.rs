//! The user's labels, their file, and what was done to them.

use bevy::prelude::*;

use ssvae_core::labels::{Journal, LabelStore, Labels};

/// The user's labels as shown; those that the disk has not confirmed yet are counted in [`LabelFile`].
#[derive(Resource)]
pub struct UserLabels(pub Labels);

#[derive(Resource)]
pub struct LabelFile(pub LabelStore);

/// What the user has done to them.
#[derive(Resource, Default)]
pub struct LabelHistory {
    pub journal: Journal,
    /// The last action, in words, until the disk has answered.
    pub saving: String,
}
