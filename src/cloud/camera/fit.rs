//! Showing all of the cloud: on the first positions, on request or a double click, and as long as nobody moved the view.

use std::time::Duration;

use bevy::prelude::*;
use bevy::window::RequestRedraw;
use bevy_panorbit_camera::PanOrbitCamera;

use super::clock::Clock;
use super::orbit::{Canvas, CloudCamera, CloudDimension};
use crate::cloud::CloudSystems;
use crate::cloud::data::ingest::CloudBounds;
use crate::cloud::data::message::{Hold, NextFrame};
use crate::cloud::input::pointer::Pointer;

/// Share of the canvas that stays free at each side.
const MARGIN: f32 = 0.06;
/// How far a cloud reaches towards the corners of its box, in which there is hardly anything.
const ROUNDNESS: f32 = 0.75;
/// How long the camera takes to get there.
const FLIGHT: Duration = Duration::from_millis(250);
/// How much closer and farther than the fit the camera may go, so that the way back is always found.
const CLOSER: f32 = 2000.0;
const FARTHER: f32 = 4.0;
/// Vertical opening of the perspective camera, Bevy's default.
pub(in crate::cloud) const FIELD_OF_VIEW: f32 = std::f32::consts::FRAC_PI_4;

/// Fits the view.
pub struct FitPlugin;

impl Plugin for FitPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<FitView>()
            .init_resource::<Fit>()
            .add_systems(PostUpdate, (keep_fit, fly).chain().in_set(CloudSystems::Camera));
    }
}

/// Asks for a view of the whole cloud.
#[derive(Message, Clone, Copy, Debug, Default)]
pub struct FitView;

/// Where the camera looks, and from how far: a distance in three dimensions, latent units per pixel in two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    pub focus: Vec3,
    pub radius: f32,
}

impl Pose {
    /// Where a camera is bound.
    pub fn of(camera: &PanOrbitCamera) -> Self {
        Self {
            focus: camera.target_focus,
            radius: camera.target_radius,
        }
    }

    /// Puts a camera there.
    pub fn apply(self, camera: &mut PanOrbitCamera) {
        camera.focus = self.focus;
        camera.target_focus = self.focus;
        camera.radius = Some(self.radius);
        camera.target_radius = self.radius;
        camera.force_update = true;
    }

    /// A pose on the way to another; zoom is even to the eye when the logarithm is.
    fn towards(self, other: Self, along: f32) -> Self {
        let radius = (self.radius.ln() + (other.radius / self.radius).ln() * along).exp();
        Self {
            focus: self.focus.lerp(other.focus, along),
            radius: if along < 1.0 { radius } else { other.radius },
        }
    }
}

/// The view of the whole cloud, and whether the camera holds it.
#[derive(Resource, Debug)]
pub struct Fit {
    /// The pose that shows all, once there is something to show.
    pub fitting: Option<Pose>,
    /// Whether the view follows the cloud, because the user has not moved it since it last fitted.
    automatic: bool,
    flight: Option<Flight>,
    /// Where to look first, in place of the whole cloud.
    first: Option<Pose>,
}

/// A camera under way.
#[derive(Clone, Copy, Debug)]
struct Flight {
    from: Pose,
    /// `None` is the pose that shows all, which may still change on the way.
    to: Option<Pose>,
    started: Duration,
    /// Whether the user wants it, and not the cloud.
    asked: bool,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            fitting: None,
            automatic: true,
            flight: None,
            first: None,
        }
    }
}

impl Fit {
    /// The user takes the view into his own hands.
    pub fn release(&mut self) {
        self.automatic = false;
        self.flight = None;
    }

    /// Sends the camera from one pose to another; the view no longer follows the cloud.
    pub fn fly(&mut self, from: Pose, to: Pose, started: Duration) {
        self.automatic = false;
        self.flight = Some(Flight {
            from,
            to: Some(to),
            started,
            asked: true,
        });
    }

    /// PointVisibility there first, in two dimensions, where some of the cloud can be seen from there.
    pub fn begin_at(&mut self, pose: Pose) {
        self.first = Some(pose);
    }

    /// Whether the view follows the cloud.
    pub fn follows(&self) -> bool {
        self.automatic
    }

    /// Whether the camera is under way.
    pub fn is_flying(&self) -> bool {
        self.flight.is_some()
    }
}

/// The pose that shows a box in a canvas of `size` pixels.
pub fn fitting(dimension: CloudDimension, (min, max): (Vec3, Vec3), size: Vec2) -> Pose {
    let focus = (min + max) / 2.0;
    // One point, or all on one spot, has no extent to go by.
    let least = focus.abs().max_element().max(1.0) * 1.0e-4;
    let extent = (max - min).max(Vec3::splat(least));
    let size = size.max(Vec2::ONE);
    let free = size * (1.0 - 2.0 * MARGIN);
    let radius = match dimension {
        CloudDimension::Two => (extent.truncate() / free).max_element(),
        CloudDimension::Three => {
            let aspect = (size.x / size.y).min(1.0);
            let half_angle = ((FIELD_OF_VIEW / 2.0).tan() * aspect).atan();
            ROUNDNESS * extent.length() / 2.0 / half_angle.sin()
        }
    };
    Pose { focus, radius }
}

/// Decides whether the camera has to go somewhere.
#[allow(clippy::too_many_arguments)]
pub(in crate::cloud) fn keep_fit(
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
fn fly(
    clock: Res<Clock>,
    hold: Res<Hold>,
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
    if hold.0 && !flight.asked {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fit_shows_all_with_a_margin() {
        let corners = (Vec3::new(-2.0, 1.0, 0.0), Vec3::new(6.0, 3.0, 0.0));
        let size = Vec2::new(1000.0, 800.0);
        let pose = fitting(CloudDimension::Two, corners, size);
        assert_eq!(pose.focus, Vec3::new(2.0, 2.0, 0.0));
        assert!((8.0 / pose.radius - 880.0).abs() < 1e-2);
    }

    #[test]
    fn a_single_point_and_a_tiny_canvas_have_a_pose_too() {
        let spot = Vec3::new(5.0, 5.0, 5.0);
        for dimension in [CloudDimension::Two, CloudDimension::Three] {
            for size in [Vec2::ZERO, Vec2::new(1280.0, 800.0)] {
                let pose = fitting(dimension, (spot, spot), size);
                assert!(pose.radius.is_finite() && pose.radius > 0.0);
            }
        }
    }

    #[test]
    fn a_flight_starts_here_and_ends_there() {
        let here = Pose {
            focus: Vec3::ZERO,
            radius: 0.01,
        };
        let there = Pose {
            focus: Vec3::X,
            radius: 1.0,
        };
        assert_eq!(here.towards(there, 1.0), there);
        assert!((here.towards(there, 0.5).radius - 0.1).abs() < 1e-6);
    }
}
