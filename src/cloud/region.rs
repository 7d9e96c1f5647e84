//! A part of the window that the user has drawn around points: a box or a lasso, in logical pixels.

use bevy::prelude::*;

/// How a region is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    Box,
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn corners() -> impl Strategy<Value = Vec<Vec2>> {
        // Whole numbers, so that many points lie on corners and edges.
        let corner = (0_i32..12, 0_i32..12).prop_map(|(x, y)| Vec2::new(x as f32, y as f32));
        prop::collection::vec(corner, 0..9)
    }

    /// The winding of the path around a point that lies on none of its edges, by angles.
    fn winds_oddly(path: &[Vec2], point: Vec2) -> bool {
        let turns: f64 = (0..path.len())
            .map(|i| {
                let (a, b) = (path[i] - point, path[(i + 1) % path.len()] - point);
                f64::from(a.perp_dot(b)).atan2(f64::from(a.dot(b)))
            })
            .sum();
        (turns / std::f64::consts::TAU).round() as i64 % 2 != 0
    }

    fn on_an_edge(path: &[Vec2], point: Vec2) -> bool {
        (0..path.len()).any(|i| {
            let (a, b) = (path[i], path[(i + 1) % path.len()]);
            let along = (point - a).dot(b - a);
            (point - a).perp_dot(b - a) == 0.0 && along >= 0.0 && along <= (b - a).length_squared()
        })
    }

    proptest! {
        #[test]
        fn a_lasso_holds_what_it_goes_around_an_odd_number_of_times(path in corners(), x in 0_i32..25, y in 0_i32..25) {
            let region = Region::new(RegionKind::Lasso, &path);
            let point = Vec2::new(x as f32, y as f32) / 2.0;
            if !on_an_edge(&path, point) {
                prop_assert_eq!(region.contains(point), winds_oddly(&path, point));
            }
        }

        #[test]
        fn two_lassos_that_share_an_edge_hold_a_point_on_it_once(
            left in 0_i32..5, middle in 5_i32..8, right in 8_i32..12, y in 0_i32..=10,
        ) {
            let half = |from: i32, to: i32| {
                let [from, to] = [from, to].map(|x| x as f32);
                let path = [(from, 0.0), (to, 0.0), (to, 10.0), (from, 10.0)].map(Vec2::from);
                Region::new(RegionKind::Lasso, &path)
            };
            let point = Vec2::new(middle as f32, y as f32);
            let held = [half(left, middle), half(middle, right)].map(|region| region.contains(point));
            let within = y < 10;
            prop_assert_eq!(held.iter().filter(|held| **held).count(), usize::from(within));
        }

        #[test]
        fn a_box_holds_its_borders_whatever_corner_it_begins_at(path in corners(), x in 0_i32..12, y in 0_i32..12) {
            let region = Region::new(RegionKind::Box, &path);
            let point = Vec2::new(x as f32, y as f32);
            let between = |a: f32, b: f32, value: f32| (a.min(b)..=a.max(b)).contains(&value);
            let expected = match path.as_slice() {
                [] => false,
                &[only] => point == only,
                &[a, .., b] => between(a.x, b.x, point.x) && between(a.y, b.y, point.y),
            };
            prop_assert_eq!(region.contains(point), expected);
        }
    }

    #[test]
    fn what_is_nowhere_is_in_no_region() {
        let path = [Vec2::ZERO, Vec2::X * 9.0, Vec2::splat(9.0)];
        for kind in [RegionKind::Box, RegionKind::Lasso] {
            assert!(!Region::new(kind, &path).contains(Vec2::NAN));
            assert!(!Region::new(kind, &[]).contains(Vec2::ZERO));
        }
    }
}
