//! The cards over the cloud that report problems.

use bevy::prelude::*;

use crate::ui::Problems;

/// The cards that are shown; any system may add one.
#[derive(Resource, Default, Deref, DerefMut)]
pub struct ProblemCards(pub Problems);
