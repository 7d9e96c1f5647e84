//! Which point is under the cursor: exact, and by going through all of them. A search structure may replace the loop
//! behind [`pick`] without anybody noticing.

use bevy::prelude::*;

use super::discs::{Discs, perspective};
use super::sample::{Departure, Latent, Serial, UserLabel, displayed};
use super::view::CloudView;

/// Without a disc under the cursor the nearest point within this many logical pixels is meant.
const REACH: f32 = 6.0;

/// Samples that lie side by side in memory.
pub type Stretch<'a> = (&'a [Serial], &'a [Latent], &'a [Departure], &'a [UserLabel]);

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
    /// The question what lies at `cursor` (logical pixels of the window) when `progress` of a motion is done.
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

    /// Largest distance in pixels at which a point can matter.
    fn widest(&self) -> f32 {
        let growth = if self.by_depth {
            super::discs::NEAR_FAR.0
        } else {
            1.0
        };
        REACH.max(self.discs.labelled * growth)
    }
}

/// A point close enough to be the answer.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    serial: u32,
    distance: f32,
    /// Clip-space `w`, which grows with the distance from the camera.
    depth: f32,
    labelled: bool,
}

impl Candidate {
    fn covers(&self, query: &PickQuery) -> bool {
        self.distance <= query.discs.radius(self.labelled) * perspective(query.reference, self.depth)
    }
}

/// The point that is meant: of those whose disc covers the cursor the one drawn on top, else the nearest within
/// reach. `slot` gives the place of a labelled point in the drawing order; labelled points lie above the others.
pub fn pick<'a>(
    stretches: impl Iterator<Item = Stretch<'a>>,
    query: &PickQuery,
    slot: impl Fn(u32) -> Option<u32>,
) -> Option<u32> {
    let mut candidates = Vec::new();
    for stretch in stretches {
        if query.progress >= 1.0 {
            collect(stretch, query, &mut candidates, |target, _| target);
        } else {
            let progress = query.progress;
            collect(stretch, query, &mut candidates, |target, departure| {
                displayed(departure, target, progress)
            });
        }
    }
    let order = |candidate: &Candidate| (slot(candidate.serial).map_or(-1, i64::from), candidate.serial);
    let above = |a: &Candidate, b: &Candidate| {
        let nearer = if query.by_depth {
            b.depth.total_cmp(&a.depth)
        } else {
            std::cmp::Ordering::Equal
        };
        nearer.then_with(|| order(a).cmp(&order(b)))
    };
    let covering = candidates
        .iter()
        .filter(|candidate| candidate.covers(query))
        .max_by(|a, b| above(a, b));
    let nearest = || {
        candidates
            .iter()
            .filter(|candidate| candidate.distance <= REACH)
            .min_by(|a, b| a.distance.total_cmp(&b.distance).then_with(|| above(b, a)))
    };
    covering.or_else(nearest).map(|candidate| candidate.serial)
}

/// The loop over all points: no division, no branch but the last, so that the compiler can take several at a time.
#[inline]
fn collect(
    (serials, targets, departures, labels): Stretch,
    query: &PickQuery,
    candidates: &mut Vec<Candidate>,
    place: impl Fn(Vec3, Vec3) -> Vec3,
) {
    const BLOCK: usize = 256;
    let (x, y, w) = (query.screen.row(0), query.screen.row(1), query.screen.row(3));
    let widest = query.widest() * query.widest();
    let row = |row: Vec4, p: Vec3| row.x * p.x + row.y * p.y + row.z * p.z + row.w;
    let within = |p: Vec3| {
        let (px, py, pw) = (row(x, p), row(y, p), row(w, p));
        // NaN compares as false: such a point is never within.
        (px * px + py * py <= widest * pw * pw) & (pw > 0.0)
    };
    for (block, (targets_of, departures_of)) in
        targets.chunks(BLOCK).zip(departures.chunks(BLOCK)).enumerate()
    {
        let any = targets_of
            .iter()
            .zip(departures_of)
            .fold(false, |any, (target, departure)| {
                any | within(place(target.0, departure.0))
            });
        if !any {
            continue;
        }
        for (index, (target, departure)) in (block * BLOCK..).zip(targets_of.iter().zip(departures_of)) {
            let p = place(target.0, departure.0);
            if within(p) {
                let depth = row(w, p);
                candidates.push(Candidate {
                    serial: serials[index].0,
                    distance: Vec2::new(row(x, p), row(y, p)).length() / depth,
                    depth,
                    labelled: labels[index].0.get().is_some(),
                });
            }
        }
    }
}

#[cfg(test)]
#[path = "picking_tests.rs"]
mod tests;
