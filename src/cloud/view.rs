//! What is on the screen: the camera's matrix, where the canvas lies, how large a unit is. Everything that goes from
//! pixels to points or back reads it here.

use bevy::camera::CameraUpdateSystems;
use bevy::prelude::*;
use bevy::transform::TransformSystems;
use bevy_panorbit_camera::PanOrbitCamera;

use super::CloudSystems;
use super::camera::CloudCamera;
use super::discs::Discs;
use super::fit::Fit;
use super::message::NextFrame;
use super::pointer::Pointer;
use super::samples::Samples;
use super::tree::Bounds;

/// Keeps [`CloudView`] up to date and reports a view that has come to rest.
pub struct ViewPlugin;

impl Plugin for ViewPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<ViewRested>()
            .init_resource::<CloudView>()
            .add_systems(
                PostUpdate,
                (refresh, report_rest)
                    .chain()
                    .in_set(CloudSystems::View)
                    .after(CameraUpdateSystems)
                    .after(TransformSystems::Propagate),
            );
    }
}

/// The view as it is drawn in this frame. Pixels are logical pixels of the window.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct CloudView {
    pub clip_from_world: Mat4,
    /// The canvas; empty before the first frame.
    pub viewport: Rect,
    /// Physical pixels per logical pixel.
    pub scale_factor: f32,
    /// Latent coordinates of the middle of the canvas (of the focus, in three dimensions).
    pub center: Vec3,
    /// Pixels per latent unit (at the focus, in three dimensions).
    pub pixels_per_unit: f32,
    /// Clip-space `w` of the focus, 1 in two dimensions.
    pub focus_depth: f32,
    /// Radii of the points.
    pub discs: Discs,
}

impl Default for CloudView {
    fn default() -> Self {
        Self {
            clip_from_world: Mat4::IDENTITY,
            viewport: Rect::new(0.0, 0.0, 0.0, 0.0),
            scale_factor: 1.0,
            center: Vec3::ZERO,
            pixels_per_unit: 1.0,
            focus_depth: 1.0,
            discs: Discs::default(),
        }
    }
}

impl CloudView {
    /// Where in the window a displayed position is seen, `None` behind the camera.
    pub fn window_from_world(&self, position: Vec3) -> Option<Vec2> {
        let clip = self.clip_from_world * position.extend(1.0);
        let ndc = Vec2::new(clip.x, -clip.y) / clip.w;
        (clip.w > 0.0).then(|| self.viewport.center() + ndc * self.viewport.half_size())
    }
}

impl CloudView {
    /// Where in the window all of a box is seen, and a little more for what rounding does to its points; `None` if some of
    /// it may lie behind the camera.
    pub fn window_from_bounds(&self, bounds: Bounds) -> Option<Rect> {
        let (x, y, w) = (
            self.clip_from_world.row(0),
            self.clip_from_world.row(1),
            self.clip_from_world.row(3),
        );
        let size = bounds.min.abs().max(bounds.max.abs()).extend(1.0);
        let rounding = |row: Vec4| row.abs().dot(size) * 16.0 * f32::EPSILON;
        let mut seen: Option<Rect> = None;
        let mut least = f32::INFINITY;
        for corner in bounds.corners() {
            let at = self.window_from_world(corner)?;
            least = least.min(w.dot(corner.extend(1.0)));
            let corner = Rect { min: at, max: at };
            seen = Some(seen.map_or(corner, |seen| seen.union(corner)));
        }
        let nearest = least - rounding(w);
        let slack = Vec2::new(rounding(x) + rounding(w), rounding(y) + rounding(w)) / nearest;
        let seen = seen.filter(|_| nearest > 0.0)?;
        let far = seen.min.abs().max(seen.max.abs()) * 16.0 * f32::EPSILON;
        let slack = slack * self.viewport.half_size() * 2.0 + far + 1.0e-3;
        Some(Rect {
            min: seen.min - slack,
            max: seen.max + slack,
        })
    }
}

/// The view has come to rest after a change.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct ViewRested {
    /// Latent coordinates of the middle of the canvas.
    pub center: [f32; 2],
    /// Logical pixels per latent unit.
    pub pixels_per_unit: f32,
    /// Left, top, width and height of the canvas in logical pixels of the window.
    pub viewport: [f32; 4],
}

fn refresh(
    cameras: Query<(&Camera, &GlobalTransform, &Projection, &PanOrbitCamera), With<CloudCamera>>,
    samples: Res<Samples>,
    fit: Res<Fit>,
    mut view: ResMut<CloudView>,
) {
    let Ok((camera, transform, projection, orbit)) = cameras.single() else {
        return;
    };
    let (Some(viewport), Some(info)) = (camera.logical_viewport_rect(), &camera.computed.target_info) else {
        return;
    };
    let clip_from_world = camera.clip_from_view() * Mat4::from(transform.affine().inverse());
    let radius = orbit.radius.unwrap_or(1.0);
    let (pixels_per_unit, focus_depth) = match projection {
        Projection::Perspective(lens) => (
            viewport.height() / (2.0 * radius * (lens.fov / 2.0).tan()),
            radius,
        ),
        _ => (1.0 / radius, 1.0),
    };
    let magnification = fit.fitting.map_or(1.0, |fitting| fitting.radius / radius);
    view.set_if_neq(CloudView {
        clip_from_world,
        viewport,
        scale_factor: info.scale_factor,
        center: orbit.focus,
        pixels_per_unit,
        focus_depth,
        discs: Discs::new(samples.len(), magnification),
    });
}

/// Reports the view in the first frame that shows the same as the one before it.
fn report_rest(
    view: Res<CloudView>,
    fit: Res<Fit>,
    pointer: Res<Pointer>,
    samples: Res<Samples>,
    mut state: Local<(bool, Option<ViewRested>)>,
    mut rested: MessageWriter<ViewRested>,
    mut frames: MessageWriter<NextFrame>,
) {
    let (unreported, reported) = &mut *state;
    if view.is_changed() {
        *unreported = true;
        frames.write(NextFrame);
        return;
    }
    let held = pointer.grab.is_some_and(|grab| grab.dragged);
    if !*unreported || held || fit.is_flying() || samples.is_empty() {
        return;
    }
    *unreported = false;
    let Rect { min, .. } = view.viewport;
    let report = ViewRested {
        center: view.center.truncate().to_array(),
        pixels_per_unit: view.pixels_per_unit,
        viewport: [min.x, min.y, view.viewport.width(), view.viewport.height()],
    };
    if reported.replace(report) == Some(report) {
        return;
    }
    rested.write(report);
    frames.write(NextFrame);
}
