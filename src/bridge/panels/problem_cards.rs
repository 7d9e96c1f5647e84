//! The cards over the cloud that report problems.

use bevy::prelude::*;

use crate::ui::Problems;

#[derive(Resource, Default, Deref, DerefMut)]
pub struct ProblemCards(pub Problems);
