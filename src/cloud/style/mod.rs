//! Colours and sizes of the points.

pub mod discs;
pub mod palette;

use bevy::prelude::*;

use palette::{ColorMode, Palette, PointShapes};

/// What the points look like.
pub struct StylePlugin;

impl Plugin for StylePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<ColorMode>()
            .init_resource::<Palette>()
            .init_resource::<PointShapes>();
    }
}
