//! Which point is under the cursor, exactly. The tree says which points are worth a look.

use bevy::prelude::*;

use super::bvh::{Bounds, Bvh, Verdict};
use crate::cloud::camera::view::CloudView;
use crate::cloud::style::discs::{Discs, NEAR_FAR, perspective};

/// Without a disc under the cursor the nearest point within this many logical pixels is meant.
const REACH: f32 = 6.0;

/// A point as it is displayed.
#[derive(Clone, Copy, Debug)]
pub struct Displayed {
    pub position: Vec3,
    /// Place in the drawing order of the labelled points, which lie above the others.
    pub slot: Option<u32>,
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct PickQuery {
    /// Takes a displayed position to (x·w, y·w, w), x and y in logical pixels from the cursor.
    screen: Mat4,
    reference: f32,
    discs: Discs,
    progress: f32,
    /// Whether the nearer point hides the farther, and not the later the earlier.
    by_depth: bool,
}

impl PickQuery {
    /// The question what lies at `cursor` (logical pixels of the window) when `progress` of a transition is done.
    pub fn new(view: &CloudView, cursor: Vec2, progress: f32, by_depth: bool) -> Self {
        let half = view.viewport.half_size();
        let offset = view.viewport.center() - cursor;
        let pixels_from_ndc =
            Mat4::from_translation(offset.extend(0.0)) * Mat4::from_scale(Vec3::new(half.x, -half.y, 1.0));
        Self {
            screen: pixels_from_ndc * view.clip_from_world,
            reference: view.focus_depth,
            discs: view.discs,
            progress,
            by_depth,
        }
    }

    /// Largest distance in pixels at which a disc can cover the cursor.
    fn widest(&self) -> f32 {
        let growth = if self.by_depth { NEAR_FAR.0 } else { 1.0 };
        self.discs.labelled.max(self.discs.plain) * growth
    }

    /// Whether a box may hold a point within `reach` pixels: none of the four planes through the camera around the
    /// cursor, nor the one that it lies in, has all of it on its other side.
    fn judge(&self, bounds: Bounds, reach: f32) -> Verdict {
        let (x, y, w) = (self.screen.row(0), self.screen.row(1), self.screen.row(3));
        let widest = reach * w;
        let near = [w, widest - x, widest + x, widest - y, widest + y]
            .into_iter()
            .all(|plane| greatest(plane, bounds) >= 0.0);
        if near { Verdict::Partly } else { Verdict::Outside }
    }
}

/// Largest value of `plane · (p, 1)` in a box, and what rounding may add to it.
fn greatest(plane: Vec4, Bounds { min, max }: Bounds) -> f32 {
    let normal = plane.truncate();
    let farthest = Vec3::select(normal.cmpge(Vec3::ZERO), max, min);
    let size = normal.abs().dot(min.abs().max(max.abs())) + plane.w.abs();
    normal.dot(farthest) + plane.w + size * 16.0 * f32::EPSILON
}

/// A point close enough to be the answer.
#[derive(Clone, Copy, Debug)]
struct PickCandidate {
    serial: u32,
    distance: f32,
    /// Clip-space `w`, which grows with the distance from the camera.
    depth: f32,
    slot: Option<u32>,
}

impl PickCandidate {
    fn new(query: &PickQuery, serial: u32, point: Displayed, reach: f32) -> Option<Self> {
        let clip = query.screen * point.position.extend(1.0);
        let distance = clip.truncate().truncate().length() / clip.w;
        // Not a number compares as false.
        (clip.w > 0.0 && distance <= reach).then_some(Self {
            serial,
            distance,
            depth: clip.w,
            slot: point.slot,
        })
    }

    fn covers(&self, query: &PickQuery) -> bool {
        self.distance <= query.discs.radius(self.slot.is_some()) * perspective(query.reference, self.depth)
    }
}

/// The point that is meant: of those whose disc covers the cursor the one drawn on top, else the nearest within reach.
/// `displayed` gives a point by its serial, as it is when the query's progress is done.
pub fn pick(bvh: &Bvh, query: &PickQuery, displayed: impl Fn(u32) -> Option<Displayed>) -> Option<u32> {
    let candidates = |reach: f32| {
        let mut candidates = Vec::new();
        let look = |serials: &[u32], _| {
            for &serial in serials {
                let point = displayed(serial);
                candidates.extend(point.and_then(|point| PickCandidate::new(query, serial, point, reach)));
            }
        };
        bvh.search(query.progress, |bounds| query.judge(bounds, reach), look);
        candidates
    };
    let order = |candidate: &PickCandidate| (candidate.slot.map_or(-1, i64::from), candidate.serial);
    let above = |a: &PickCandidate, b: &PickCandidate| {
        let nearer = if query.by_depth {
            b.depth.total_cmp(&a.depth)
        } else {
            std::cmp::Ordering::Equal
        };
        nearer.then_with(|| order(a).cmp(&order(b)))
    };
    let covering = candidates(query.widest())
        .into_iter()
        .filter(|candidate| candidate.covers(query))
        .max_by(|a, b| above(a, b));
    // Where discs are small and many, looking this far would mean looking at thousands.
    let nearest = || {
        candidates(REACH)
            .into_iter()
            .min_by(|a, b| a.distance.total_cmp(&b.distance).then_with(|| above(b, a)))
    };
    covering.or_else(nearest).map(|candidate| candidate.serial)
}

#[cfg(test)]
pub mod tests;
