//! The camera of the egui overlay.

use bevy::camera::visibility::RenderLayers;
use bevy::camera::{CameraOutputMode, RenderTarget};
use bevy::prelude::*;
use bevy::render::render_resource::BlendState;
use bevy_egui::{EguiGlobalSettings, PrimaryEguiContext};

use super::screenshot::Picture;
use crate::cloud::main_texture_usages;

/// Spawns the camera after the cloud's.
pub struct EguiCameraPlugin;

impl Plugin for EguiCameraPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, spawn_egui_camera);
    }
}

/// egui draws on the cloud's own texture and presents both: this saves one pass over all pixels.
fn spawn_egui_camera(
    mut commands: Commands,
    picture: Option<Res<Picture>>,
    mut settings: ResMut<EguiGlobalSettings>,
) {
    settings.auto_create_primary_context = false;
    commands.spawn((
        PrimaryEguiContext,
        Camera2d,
        Msaa::Off,
        RenderLayers::none(),
        picture.map_or(RenderTarget::default(), |picture| picture.target()),
        Camera {
            order: 1,
            output_mode: CameraOutputMode::Write {
                blend_state: Some(BlendState::REPLACE),
                clear_color: ClearColorConfig::None,
            },
            clear_color: ClearColorConfig::None,
            ..default()
        },
        main_texture_usages(),
    ));
}
