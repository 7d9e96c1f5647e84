use super::*;
use crate::cloud::data::labelled::Labelled;
use crate::cloud::data::sample::displayed;
use rand::{RngExt, SeedableRng};

struct Points {
    targets: Vec<Vec3>,
    departures: Vec<Vec3>,
    labelled: Labelled,
    bvh: Bvh,
}

impl Points {
    fn new(positions: &[Vec3], labelled: &[u32]) -> Self {
        Self::moving(positions, positions, labelled)
    }

    fn moving(targets: &[Vec3], departures: &[Vec3], serials: &[u32]) -> Self {
        let mut labelled = Labelled::default();
        for &serial in serials {
            labelled.insert(serial);
        }
        Self {
            targets: targets.to_vec(),
            departures: departures.to_vec(),
            labelled,
            bvh: Bvh::new(targets, departures),
        }
    }

    fn pick(&self, query: &PickQuery) -> Option<u32> {
        pick(&self.bvh, query, |serial| {
            let at = serial as usize;
            Some(Displayed {
                position: displayed(self.departures[at], self.targets[at], query.progress),
                slot: self.labelled.slot(serial),
            })
        })
    }

    fn defined(&self, view: &CloudView, cursor: Vec2, progress: f32, by_depth: bool) -> Option<u32> {
        let points = (0..self.targets.len()).map(|at| Displayed {
            position: displayed(self.departures[at], self.targets[at], progress),
            slot: self.labelled.slot(at as u32),
        });
        defined(points, view, cursor, by_depth)
    }
}

/// What is meant by the point at a place, asked of one point after the other.
pub fn defined(
    points: impl Iterator<Item = Displayed>,
    view: &CloudView,
    cursor: Vec2,
    by_depth: bool,
) -> Option<u32> {
    let mut covering: Vec<(f32, i64, u32)> = Vec::new();
    let mut near: Vec<(f32, f32, i64, u32)> = Vec::new();
    for (serial, Displayed { position, slot }) in (0..).zip(points) {
        let Some(pixel) = view.window_from_world(position) else {
            continue;
        };
        let w = (view.clip_from_world * position.extend(1.0)).w;
        let radius = view.discs.radius(slot.is_some()) * perspective(view.focus_depth, w);
        let distance = pixel.distance(cursor);
        let depth = if by_depth { -w } else { 0.0 };
        let slot = slot.map_or(-1, i64::from);
        if distance <= radius {
            covering.push((depth, slot, serial));
        }
        if distance <= 6.0 {
            near.push((-distance, depth, slot, serial));
        }
    }
    covering.sort_by(|a, b| a.partial_cmp(b).unwrap());
    near.sort_by(|a, b| a.partial_cmp(b).unwrap());
    covering.last().map(|c| c.2).or(near.last().map(|n| n.3))
}

/// One unit is one pixel, the origin lies in the middle of an 800×600 canvas at (100, 50).
fn flat() -> CloudView {
    CloudView {
        clip_from_world: Mat4::orthographic_rh(-400.0, 400.0, -300.0, 300.0, -10.0, 10.0),
        viewport: Rect::new(100.0, 50.0, 900.0, 650.0),
        discs: Discs {
            plain: 3.0,
            labelled: 5.0,
            hovered: 8.0,
            selected: 10.0,
        },
        ..default()
    }
}

fn deep() -> CloudView {
    let clip_from_view = Mat4::perspective_infinite_reverse_rh(0.785, 800.0 / 600.0, 1.0);
    let view_from_world = Mat4::from_translation(Vec3::new(0.0, 0.0, -700.0));
    CloudView {
        clip_from_world: clip_from_view * view_from_world,
        focus_depth: 700.0,
        ..flat()
    }
}

const MIDDLE: Vec2 = Vec2::new(500.0, 350.0);

#[test]
fn the_later_of_two_covering_points_wins_and_a_labelled_one_over_both() {
    let places = [Vec3::ZERO, Vec3::new(1.0, 0.0, 0.0), Vec3::new(2.0, 0.0, 0.0)];
    let query = PickQuery::new(&flat(), MIDDLE, 1.0, false);
    assert_eq!(Points::new(&places, &[]).pick(&query), Some(2));
    assert_eq!(Points::new(&places, &[0]).pick(&query), Some(0));
    // In the order of labelling, not of the serials.
    assert_eq!(Points::new(&places, &[1, 0]).pick(&query), Some(0));
}

#[test]
fn up_is_up_and_the_reach_ends_at_six_pixels() {
    let points = Points::new(&[Vec3::new(0.0, 100.0, 0.0)], &[]);
    let at = |y| points.pick(&PickQuery::new(&flat(), Vec2::new(500.0, y), 1.0, false));
    assert_eq!(at(250.0), Some(0));
    assert_eq!(at(255.9), Some(0));
    assert_eq!(at(256.1), None);
    assert_eq!(at(450.0), None);
}

#[test]
fn nan_is_never_picked() {
    let points = Points::new(&[Vec3::NAN, Vec3::new(f32::INFINITY, 0.0, 0.0)], &[0]);
    assert_eq!(points.pick(&PickQuery::new(&flat(), MIDDLE, 1.0, false)), None);
}

#[test]
fn in_depth_the_nearer_point_wins() {
    let points = Points::new(&[Vec3::new(0.0, 0.0, 50.0), Vec3::ZERO], &[1]);
    assert_eq!(points.pick(&PickQuery::new(&deep(), MIDDLE, 1.0, true)), Some(0));
}

#[test]
fn picking_agrees_with_its_definition() {
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let mut place = |spread: f32| {
        Vec3::new(
            rng.random_range(-spread..spread),
            rng.random_range(-spread..spread),
            rng.random_range(-99.0..99.0),
        )
    };
    for (view, by_depth) in [(flat(), false), (deep(), true)] {
        let positions: Vec<Vec3> = (0..2000).map(|_| place(250.0)).collect();
        let departures: Vec<Vec3> = (0..2000).map(|_| place(250.0)).collect();
        let points = Points::moving(&positions, &departures, &[5, 900, 33, 1500, 2, 1999]);
        for progress in [0.0, 0.37, 1.0] {
            for _ in 0..300 {
                let cursor = MIDDLE + place(260.0).truncate();
                let query = PickQuery::new(&view, cursor, progress, by_depth);
                assert_eq!(
                    points.pick(&query),
                    points.defined(&view, cursor, progress, by_depth)
                );
            }
        }
    }
}
