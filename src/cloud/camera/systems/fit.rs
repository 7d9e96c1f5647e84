//! Showing all of the cloud: on the first positions, on request or a double click, and as long as nobody moved the view.

use std::time::Duration;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_panorbit_camera::PanOrbitCamera;

use crate::cloud::animation::{AnimationPaused, NextFrame};
use crate::cloud::camera::fit::{Fit, Flight};
use crate::cloud::camera::messages::FitView;
use crate::cloud::camera::pose::{Pose, fitting};
use crate::cloud::camera::settings::{Canvas, CloudCamera, CloudDimension};
use crate::cloud::clock::Clock;
use crate::cloud::data::bounds::CloudBounds;
use crate::cloud::input::pointer::Pointer;

/// How long the camera takes to get there.
const FLIGHT: Duration = Duration::from_millis(250);
/// How much closer and farther than the fit the camera may go, so that the way back is always found.
const CLOSER: f32 = 2000.0;
const FARTHER: f32 = 4.0;

/// Decides whether the camera has to go somewhere.
pub fn keep_fit(
    mut requests: MessageReader<FitView>,
    pointer: Res<Pointer>,
    canvas: Res<Canvas>,
    bounds: Res<CloudBounds>,
    dimension: Res<CloudDimension>,
    clock: Res<Clock>,
    mut fit: ResMut<Fit>,
    mut cameras: Query<&mut PanOrbitCamera, With<CloudCamera>>,
) {
    let (Some(canvas_rect), Some(corners), Ok(mut camera)) = (canvas.0, bounds.0, cameras.single_mut())
    else {
        return;
    };
    let asked = requests.read().count() > 0 || pointer.double_clicked;
    let moved = canvas.is_changed() || bounds.is_changed() || dimension.is_changed();
    let first = fit.fitting.is_none();
    if !(asked || moved || first) {
        return;
    }
    let goal = fitting(*dimension, corners, canvas_rect.size());
    let turned = dimension.is_changed();
    fit.fitting = Some(goal);
    camera.zoom_lower_limit = goal.radius / CLOSER;
    camera.zoom_upper_limit = Some(goal.radius * FARTHER);
    let remembered = fit.first.take().filter(|pose| {
        let (min, max) = corners;
        let reach = (canvas_rect.size() * pose.radius).extend(1.0);
        let seen = pose.focus.cmpge(min - reach).all() && pose.focus.cmple(max + reach).all();
        let zoom = goal.radius / CLOSER..=goal.radius * FARTHER;
        first && *dimension == CloudDimension::Two && seen && zoom.contains(&pose.radius)
    });
    if let Some(pose) = remembered {
        fit.automatic = false;
        pose.apply(&mut camera);
    } else if first || turned || (fit.automatic && canvas.is_changed()) {
        fit.automatic = true;
        fit.flight = None;
        goal.apply(&mut camera);
    } else if asked || fit.automatic {
        fit.automatic = true;
        fit.flight = Some(Flight {
            from: Pose::of(&camera),
            to: None,
            started: clock.now(),
            asked,
        });
    }
}

/// Moves the camera towards the fitting pose.
pub fn fly(
    clock: Res<Clock>,
    paused: Res<AnimationPaused>,
    mut fit: ResMut<Fit>,
    mut cameras: Query<&mut PanOrbitCamera, With<CloudCamera>>,
    mut redraw: MessageWriter<RequestRedraw>,
    mut frames: MessageWriter<NextFrame>,
) {
    let (Some(flight), Ok(mut camera)) = (fit.flight, cameras.single_mut()) else {
        return;
    };
    let Some(goal) = flight.to.or(fit.fitting) else {
        return;
    };
    if paused.0 && !flight.asked {
        frames.write(NextFrame);
        return;
    }
    let along = (clock.now().saturating_sub(flight.started).as_secs_f32() / FLIGHT.as_secs_f32()).min(1.0);
    flight
        .from
        .towards(goal, along * (2.0 - along))
        .apply(&mut camera);
    if along >= 1.0 {
        fit.flight = None;
    }
    if flight.asked {
        redraw.write(RequestRedraw);
    } else {
        frames.write(NextFrame);
    }
}
