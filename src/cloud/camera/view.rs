//! What is on the screen: the camera's matrix, where the canvas lies, how large a unit is. Everything that goes from
//! pixels to points or back reads it here.

use bevy::prelude::*;

use crate::cloud::input::bvh::Bounds;
use crate::cloud::style::discs::Discs;

/// The view as it is drawn in this frame. Pixels are logical pixels of the window.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct CloudView {
    /// From latent coordinates to clip space.
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

    /// The position in the latent plane that is seen at a place of the window; in three dimensions, where its line of sight
    /// meets that plane.
    pub fn world_from_window(&self, at: Vec2) -> Option<Vec3> {
        let ndc = (at - self.viewport.center()) / self.viewport.half_size();
        let world = self.clip_from_world.inverse();
        let [near, far] = [0.9, 0.1].map(|depth| world.project_point3(Vec3::new(ndc.x, -ndc.y, depth)));
        let along = near.z / (near.z - far.z);
        let position = near + (far - near) * along;
        position.is_finite().then_some(position)
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vectors(reach: f32) -> impl Strategy<Value = Vec3> {
        [-reach..reach, -reach..reach, -reach..reach].prop_map(Vec3::from)
    }

    /// A camera somewhere around the origin that looks there.
    fn looks(perspective: bool, eye: Vec3, zoom: f32) -> CloudView {
        let lens = if perspective {
            Mat4::perspective_infinite_reverse_rh(0.785, 4.0 / 3.0, 0.1)
        } else {
            Mat4::orthographic_rh(-4.0 * zoom, 4.0 * zoom, -3.0 * zoom, 3.0 * zoom, -100.0, 100.0)
        };
        CloudView {
            clip_from_world: lens * Mat4::look_at_rh(eye, Vec3::ZERO, Vec3::new(0.1, 1.0, 0.2)),
            viewport: Rect::new(100.0, 50.0, 900.0, 650.0),
            ..default()
        }
    }

    #[test]
    fn a_place_in_the_window_leads_back_to_the_plane() {
        for perspective in [false, true] {
            let view = looks(perspective, Vec3::new(0.3, -0.2, 9.0), 1.0);
            for position in [Vec3::ZERO, Vec3::new(1.5, -0.7, 0.0)] {
                let at = view.window_from_world(position).unwrap();
                let back = view.world_from_window(at).unwrap();
                assert!(back.distance(position) < 1e-3, "{back} is not {position}");
            }
        }
    }

    proptest! {
        #[test]
        fn all_of_a_box_is_seen_within_where_it_is_said_to_be(
            perspective in any::<bool>(), eye in vectors(20.0), zoom in 0.001_f32..10.0,
            one in vectors(10.0), size in vectors(6.0), within in prop::collection::vec(vectors(1.0), 1..20),
        ) {
            prop_assume!(eye.length() > 1.0);
            let view = looks(perspective, eye, zoom);
            let bounds = Bounds { min: one, max: one + size.abs() };
            let points: Vec<Vec3> = bounds.corners().into_iter()
                .chain(within.iter().map(|share| (bounds.min + size.abs() * share.abs()).min(bounds.max)))
                .collect();
            let Some(seen) = view.window_from_bounds(bounds) else {
                prop_assert!(perspective, "nothing lies behind a parallel projection");
                return Ok(());
            };
            for point in points {
                let at = view.window_from_world(point);
                prop_assert!(at.is_some_and(|at| seen.contains(at)), "{point} is seen at {at:?}, not in {seen:?}");
            }
        }
    }
}
