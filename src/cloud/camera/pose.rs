//! Where the camera looks, and the pose that shows all of a cloud.

use bevy::prelude::*;
use bevy_panorbit_camera::PanOrbitCamera;

use super::settings::CloudDimension;

/// Share of the canvas that stays free at each side.
const MARGIN: f32 = 0.06;
/// How far a cloud reaches towards the corners of its box, in which there is hardly anything.
const ROUNDNESS: f32 = 0.75;
/// Vertical opening of the perspective camera, Bevy's default.
pub const FIELD_OF_VIEW: f32 = std::f32::consts::FRAC_PI_4;

/// Where the camera looks, and from how far: a distance in three dimensions, latent units per pixel in two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// The point in the middle of the canvas, in latent units.
    pub focus: Vec3,
    /// The distance or the scale, greater than 0.
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
    pub fn towards(self, other: Self, along: f32) -> Self {
        let radius = (self.radius.ln() + (other.radius / self.radius).ln() * along).exp();
        Self {
            focus: self.focus.lerp(other.focus, along),
            radius: if along < 1.0 { radius } else { other.radius },
        }
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
