//! The plugin of the whole cloud.

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use super::animation::{AnimationPaused, NextFrame};
use super::camera::CameraPlugin;
use super::clock::ClockPlugin;
use super::data::DataPlugin;
use super::input::InputPlugin;
use super::render::RenderPlugin;
use super::schedule;
use super::selection::SelectionPlugin;
use super::style::StylePlugin;

/// The whole cloud. Without a render app (in tests) it does everything but draw.
pub struct CloudPlugin;

impl Plugin for CloudPlugin {
    fn build(&self, app: &mut App) {
        schedule::configure(app);
        app.add_message::<RequestRedraw>()
            .add_message::<NextFrame>()
            .init_resource::<AnimationPaused>()
            .add_plugins((
                StylePlugin,
                ClockPlugin,
                DataPlugin,
                CameraPlugin,
                InputPlugin,
                SelectionPlugin,
                RenderPlugin,
            ));
    }
}
