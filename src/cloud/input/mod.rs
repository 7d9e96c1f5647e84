//! The mouse on the canvas, and the points below it.

pub mod bvh;
pub mod index;
pub mod picking;
pub mod pointer;
pub mod region;
mod systems;

use bevy::prelude::*;
use bevy::window::WindowEvent;

use super::schedule::{CloudSystems, IngestSystems};
use index::SpatialIndex;
use pointer::{CancelStroke, NextStroke, Pointer};

/// Keeps [`Pointer`] and [`SpatialIndex`] up to date.
pub struct InputPlugin;

impl Plugin for InputPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<WindowEvent>()
            .add_message::<CancelStroke>()
            .init_resource::<Pointer>()
            .init_resource::<NextStroke>()
            .init_resource::<SpatialIndex>()
            .add_systems(
                PostUpdate,
                (
                    systems::index::rebuild.in_set(IngestSystems::Index),
                    systems::pointer::follow.in_set(CloudSystems::Pointer),
                ),
            );
    }
}
