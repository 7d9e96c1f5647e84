//! The cards over the cloud that tell of problems.

use bevy::prelude::*;

use crate::ui::problem::Problems;

#[derive(Resource, Default, Deref, DerefMut)]
pub struct ProblemCards(pub Problems);
