//! Keeps the view up to date, and reports one that has come to rest.

use bevy::prelude::*;
use bevy_panorbit_camera::PanOrbitCamera;

use crate::cloud::animation::NextFrame;
use crate::cloud::camera::fit::Fit;
use crate::cloud::camera::messages::ViewRested;
use crate::cloud::camera::settings::CloudCamera;
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::samples::Samples;
use crate::cloud::input::pointer::Pointer;
use crate::cloud::style::discs::Discs;

pub fn refresh(
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
pub fn report_rest(
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
    let dragging = pointer.grab.is_some_and(|grab| grab.dragged);
    if !*unreported || dragging || fit.is_flying() || samples.is_empty() {
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
