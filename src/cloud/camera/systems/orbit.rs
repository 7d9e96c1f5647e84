//! The cloud's camera: one entity that bevy_panorbit_camera moves. Others say where it draws and who has the mouse.

use bevy::camera::{NormalizedRenderTarget, RenderTarget, Viewport};
use bevy::core_pipeline::tonemapping::{DebandDither, Tonemapping};
use bevy::prelude::*;
use bevy::render::camera::CameraRenderGraph;
use bevy::render::view::NoIndirectDrawing;
use bevy::window::PrimaryWindow;
use bevy_panorbit_camera::PanOrbitCamera;

use crate::cloud::camera::settings::{
    CameraGate, Canvas, CloudCamera, CloudDimension, CloudOutput, CloudTarget, CloudViewport,
    main_texture_usages,
};
use crate::cloud::input::pointer::Pointer;
use crate::cloud::render::schedule::CloudDrawing;

pub fn spawn(mut commands: Commands, target: Res<CloudTarget>, output: Res<CloudOutput>) {
    commands.spawn((
        CloudCamera,
        Camera3d::default(),
        Camera {
            output_mode: output.0,
            ..default()
        },
        main_texture_usages(),
        target.0.clone(),
        CameraRenderGraph::new(CloudDrawing),
        Msaa::Off,
        Tonemapping::None,
        DebandDither::Disabled,
        NoIndirectDrawing,
        orthographic(),
        PanOrbitCamera {
            yaw: Some(0.0),
            pitch: Some(0.0),
            radius: Some(1.0),
            // Why so much is switched off: see the documentation of `camera`.
            orbit_smoothness: 0.0,
            pan_smoothness: 0.0,
            zoom_smoothness: 0.0,
            orbit_sensitivity: 0.0,
            pan_sensitivity: 0.0,
            initialized: true,
            force_update: true,
            ..default()
        },
    ));
}

fn orthographic() -> Projection {
    Projection::Orthographic(OrthographicProjection::default_3d())
}

pub fn retarget(target: Res<CloudTarget>, mut cameras: Query<&mut RenderTarget, With<CloudCamera>>) {
    for mut camera in &mut cameras {
        *camera = target.0.clone();
    }
}

/// Gives the camera the part of its target that [`CloudViewport`] names. Reads the window itself where there is one,
/// because the camera learns of a new size only later in the frame.
pub fn place_viewport(
    wanted: Res<CloudViewport>,
    mut canvas: ResMut<Canvas>,
    primary: Query<Entity, With<PrimaryWindow>>,
    windows: Query<&Window>,
    mut cameras: Query<(&mut Camera, &RenderTarget), With<CloudCamera>>,
) {
    for (mut camera, target) in &mut cameras {
        let window = match target.normalize(primary.iter().next()) {
            Some(NormalizedRenderTarget::Window(window)) => windows.get(window.entity()).ok(),
            _ => None,
        };
        let (size, scale) = match (window, &camera.computed.target_info) {
            (Some(window), _) => (window.physical_size(), window.scale_factor()),
            (None, Some(info)) => (info.physical_size, info.scale_factor),
            (None, None) => continue,
        };
        if size.x == 0 || size.y == 0 {
            continue;
        }
        let whole = Rect::from_corners(Vec2::ZERO, size.as_vec2() / scale);
        let rect = wanted.0.unwrap_or(whole);
        let start = (rect.min * scale).round().as_uvec2().min(size - 1);
        let end = (rect.max * scale).round().as_uvec2().clamp(start + 1, size);
        let viewport = (start != UVec2::ZERO || end != size).then(|| Viewport {
            physical_position: start,
            physical_size: end - start,
            ..default()
        });
        let same = match (&camera.viewport, &viewport) {
            (None, None) => true,
            (Some(old), Some(new)) => {
                old.physical_position == new.physical_position && old.physical_size == new.physical_size
            }
            _ => false,
        };
        if !same {
            camera.viewport = viewport;
        }
        let covered = Rect::from_corners(start.as_vec2() / scale, end.as_vec2() / scale);
        canvas.set_if_neq(Canvas(Some(covered)));
    }
}

pub fn set_projection(
    dimension: Res<CloudDimension>,
    mut cameras: Query<(&mut Projection, &mut PanOrbitCamera), With<CloudCamera>>,
) {
    for (mut projection, mut orbit) in &mut cameras {
        match *dimension {
            CloudDimension::Two => {
                *projection = orthographic();
                orbit.target_yaw = 0.0;
                orbit.target_pitch = 0.0;
                orbit.zoom_sensitivity = 0.0;
            }
            CloudDimension::Three => {
                *projection = Projection::Perspective(PerspectiveProjection::default());
                orbit.zoom_sensitivity = 1.0;
            }
        }
        orbit.force_update = true;
    }
}

/// The camera listens to the mouse while nothing else has it.
pub fn steer(
    gate: Res<CameraGate>,
    pointer: Res<Pointer>,
    mut cameras: Query<&mut PanOrbitCamera, With<CloudCamera>>,
) {
    let enabled = pointer.grab.is_some() || !gate.pointer_over_ui;
    for mut camera in &mut cameras {
        if camera.enabled != enabled {
            camera.enabled = enabled;
        }
    }
}

/// A cloud may be any size: the near plane follows the distance.
pub fn keep_near_plane(mut cameras: Query<(&PanOrbitCamera, &mut Projection), With<CloudCamera>>) {
    for (orbit, mut projection) in &mut cameras {
        let near = orbit.radius.unwrap_or(1.0) * 0.01;
        if matches!(&*projection, Projection::Perspective(lens) if lens.near != near)
            && let Projection::Perspective(lens) = &mut *projection
        {
            lens.near = near;
            lens.near_clip_plane = Vec4::new(0.0, 0.0, -1.0, -near);
        }
    }
}
