//! The pointer moves the camera. In two dimensions the point that is grabbed stays under the cursor, and so does the point
//! that is zoomed about; in three, the left button orbits, and the right or middle one pans.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use bevy::prelude::*;
use bevy_panorbit_camera::PanOrbitCamera;

use crate::cloud::camera::fit::Fit;
use crate::cloud::camera::pose::{FIELD_OF_VIEW, Pose};
use crate::cloud::camera::settings::{Canvas, CloudCamera, CloudDimension};
use crate::cloud::data::bounds::CloudBounds;
use crate::cloud::input::pointer::Pointer;

/// Factor of one wheel notch.
const NOTCH: f32 = 1.2;

pub fn pan_and_zoom(
    pointer: Res<Pointer>,
    dimension: Res<CloudDimension>,
    canvas: Res<Canvas>,
    bounds: Res<CloudBounds>,
    mut fit: ResMut<Fit>,
    mut cameras: Query<(&mut PanOrbitCamera, &Transform), With<CloudCamera>>,
) {
    let (Some(canvas), Ok((mut camera, transform))) = (canvas.0, cameras.single_mut()) else {
        return;
    };
    if pointer.dragged == Vec2::ZERO && pointer.wheel.is_empty() {
        return;
    }
    fit.release();
    if *dimension == CloudDimension::Three {
        if pointer.dragged_by == Some(MouseButton::Left) {
            orbit(&mut camera, pointer.dragged / canvas.size());
        } else if pointer.dragged != Vec2::ZERO {
            let mut pose = Pose::of(&camera);
            let units = 2.0 * pose.radius * (FIELD_OF_VIEW / 2.0).tan() / canvas.height();
            pose.focus += transform.rotation * upward(-pointer.dragged) * units;
            pose.apply(&mut camera);
        }
        return;
    }
    let mut pose = Pose::of(&camera);
    pose.focus += upward(-pointer.dragged) * pose.radius;
    for &(cursor, notches) in &pointer.wheel {
        let limits = (
            camera.zoom_lower_limit,
            camera.zoom_upper_limit.unwrap_or(f32::MAX),
        );
        pose = zoomed(pose, cursor - canvas.center(), notches, limits);
    }
    if let Some((min, max)) = bounds.0 {
        // Some of the cloud stays in sight.
        let reach = (canvas.size() * pose.radius * 0.45).extend(0.0);
        pose.focus = pose.focus.clamp(min - reach, max + reach);
    }
    pose.apply(&mut camera);
}

/// Turns the camera about its focus: once around for a drag across the canvas, from pole to pole for one down it.
fn orbit(camera: &mut PanOrbitCamera, share: Vec2) {
    camera.target_yaw -= share.x * TAU;
    camera.target_pitch = (camera.target_pitch + share.y * PI).clamp(-FRAC_PI_2, FRAC_PI_2);
    camera.yaw = Some(camera.target_yaw);
    camera.pitch = Some(camera.target_pitch);
    camera.force_update = true;
}

/// The pose after a turn of the wheel at `offset` pixels from the canvas's centre: what was there stays there.
fn zoomed(pose: Pose, offset: Vec2, notches: f32, (nearest, farthest): (f32, f32)) -> Pose {
    let radius = (pose.radius * NOTCH.powf(-notches)).clamp(nearest, farthest.max(nearest));
    Pose {
        focus: pose.focus + upward(offset) * (pose.radius - radius),
        radius,
    }
}

/// Pixels grow downwards, the latent space upwards.
fn upward(pixels: Vec2) -> Vec3 {
    Vec3::new(pixels.x, -pixels.y, 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_cursor() {
        let pose = Pose {
            focus: Vec3::new(3.0, -1.0, 0.0),
            radius: 0.02,
        };
        let offset = Vec2::new(200.0, -130.0);
        let under = |pose: Pose| pose.focus + upward(offset) * pose.radius;
        for notches in [1.0, -3.0, 20.0, -50.0] {
            let after = zoomed(pose, offset, notches, (1e-5, 0.08));
            assert!(under(after).distance(under(pose)) < 1e-5);
            assert!((1e-5..=0.08).contains(&after.radius));
        }
    }
}
