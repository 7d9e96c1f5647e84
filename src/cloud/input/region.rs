//! A part of the window that the user has drawn around points: a box or a lasso, in logical pixels.

use bevy::prelude::*;

use super::bvh::Verdict;

/// How a region is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// A rectangle between two opposite corners.
    Box,
    /// A closed curve along the way of the mouse.
    Lasso,
}

impl RegionKind {
    /// For the event log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Lasso => "lasso",
        }
    }
}

/// The area itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    kind: RegionKind,
    /// Corners of the lasso, which closes by itself; two opposite ones of the box.
    path: Vec<Vec2>,
    bounds: Rect,
}

impl Region {
    /// A region by its corners; of a box the first and the last count.
    pub fn new(kind: RegionKind, path: &[Vec2]) -> Self {
        let path = match (kind, path) {
            (RegionKind::Box, &[first, .., last]) => vec![first, last],
            _ => path.to_vec(),
        };
        let first = path.first().copied().unwrap_or(Vec2::NAN);
        let bounds = path.iter().fold(
            Rect {
                min: first,
                max: first,
            },
            |bounds, &corner| bounds.union_point(corner),
        );
        Self { kind, path, bounds }
    }

    /// Whether a point lies within. A box has its borders; a lasso has what an even number of its edges lies around
    /// left out (the even-odd rule), and of its edges those to its left and above.
    pub fn contains(&self, point: Vec2) -> bool {
        // NaN compares as false: such a point is never within.
        let Rect { min, max } = self.bounds;
        let near = point.x >= min.x && point.x <= max.x && point.y >= min.y && point.y <= max.y;
        if !near || self.kind == RegionKind::Box {
            return near;
        }
        let mut inside = false;
        let mut from = self.path[self.path.len() - 1];
        for &to in &self.path {
            // In f64, so that no rounding decides between two edges that meet.
            let crosses = (from.y > point.y) != (to.y > point.y);
            if crosses {
                let [x, y, fx, fy, tx, ty] = [point.x, point.y, from.x, from.y, to.x, to.y].map(f64::from);
                inside ^= x < fx + (tx - fx) * (y - fy) / (ty - fy);
            }
            from = to;
        }
        inside
    }
}

impl Region {
    /// How a rectangle lies to it. A lasso is sure of one only if none of its edges comes near.
    pub fn judge(&self, seen: Rect) -> Verdict {
        if self.path.is_empty() || self.bounds.intersect(seen).is_empty() && !touches(self.bounds, seen) {
            return Verdict::Outside;
        }
        match self.kind {
            RegionKind::Box if self.bounds.contains(seen.min) && self.bounds.contains(seen.max) => {
                Verdict::Inside
            }
            RegionKind::Box => Verdict::Partly,
            RegionKind::Lasso => {
                let before = self.path.iter().cycle().skip(self.path.len() - 1);
                if before.zip(&self.path).any(|(&from, &to)| crosses(from, to, seen)) {
                    Verdict::Partly
                } else if self.contains(seen.center()) {
                    Verdict::Inside
                } else {
                    Verdict::Outside
                }
            }
        }
    }
}

/// Whether two rectangles share a point, be it of their borders.
fn touches(a: Rect, b: Rect) -> bool {
    a.min.cmple(b.max).all() && b.min.cmple(a.max).all()
}

/// Whether a line from point to point shares a point with a rectangle; rather yes than no.
fn crosses(from: Vec2, to: Vec2, rect: Rect) -> bool {
    if !touches(Rect::from_corners(from, to), rect) {
        return false;
    }
    // All corners on one side of the line: it passes by.
    let along = to - from;
    let side = |x: f32, y: f32| along.perp_dot(Vec2::new(x, y) - from);
    let Rect { min, max } = rect;
    let sides = [
        side(min.x, min.y),
        side(max.x, min.y),
        side(max.x, max.y),
        side(min.x, max.y),
    ];
    let size = along.abs().max_element() * (rect.size().max_element() + from.distance(rect.center()));
    let slack = size * 8.0 * f32::EPSILON;
    !(sides.iter().all(|&side| side > slack) || sides.iter().all(|&side| side < -slack))
}

#[cfg(test)]
mod tests;
