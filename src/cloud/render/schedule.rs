//! The schedule that the cloud's camera draws with.

use bevy::ecs::schedule::ScheduleLabel;

/// The cloud's camera runs this.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct CloudDrawing;
