//! Which points may lie somewhere, without looking at all of them: a tree of boxes over the points in Morton order
//! (Morton 1966; built as in Lauterbach et al., Fast BVH Construction on GPUs, 2009). A box knows where its points come
//! from and where they go, and since they go straight there, where they are on the way.

use bevy::math::Vec3;
use rayon::slice::ParallelSliceMut;

use crate::cloud::data::sample::clamp_finite;

/// Points of a leaf, and children of a node.
const LEAF: usize = 32;
const BRANCH: usize = 8;

/// A box along the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub min: Vec3,
    pub max: Vec3,
}

/// How a box lies to what is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None of its points is meant.
    Outside,
    /// Some of its points may be.
    Partly,
    /// All of them are.
    Inside,
}

/// The points that are somewhere.
#[derive(Debug, Default)]
pub struct Bvh {
    /// Serials in Morton order.
    order: Vec<u32>,
    /// Of leaves, then of their parents and so on, up to one node.
    levels: Vec<Vec<Node>>,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    target: Bounds,
    departure: Bounds,
}

impl Bounds {
    const NOTHING: Self = Self {
        min: Vec3::INFINITY,
        max: Vec3::NEG_INFINITY,
    };

    fn with(self, point: Vec3) -> Self {
        self.around(Self {
            min: point,
            max: point,
        })
    }

    fn around(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
        }
    }

    /// Its corners.
    pub fn corners(self) -> [Vec3; 8] {
        std::array::from_fn(|corner| {
            let pick = |axis: usize| match corner >> axis & 1 {
                0 => self.min[axis],
                _ => self.max[axis],
            };
            Vec3::new(pick(0), pick(1), pick(2))
        })
    }
}

impl Node {
    const NOTHING: Self = Self {
        target: Bounds::NOTHING,
        departure: Bounds::NOTHING,
    };

    fn around(self, other: Self) -> Self {
        Self {
            target: self.target.around(other.target),
            departure: self.departure.around(other.departure),
        }
    }

    /// Where its points are when `progress` of the way is done.
    fn at(&self, progress: f32) -> Bounds {
        if progress >= 1.0 {
            return self.target;
        }
        let between = |from: Vec3, to: Vec3| from + (to - from) * progress;
        let (min, max) = (
            between(self.departure.min, self.target.min),
            between(self.departure.max, self.target.max),
        );
        // The points' own rounding may take them a little farther.
        let slack = 4.0 * f32::EPSILON;
        let reach = [self.departure, self.target]
            .map(|bounds| bounds.min.abs().max(bounds.max.abs()))
            .into_iter()
            .fold(Vec3::ZERO, Vec3::max);
        Bounds {
            min: min - reach * slack,
            max: max + reach * slack,
        }
    }
}

impl Bvh {
    /// A tree over points by serial, clamped as they are displayed; those that are not finite are left out. `departures`
    /// is where they come from, or empty.
    pub fn new(targets: &[Vec3], departures: &[Vec3]) -> Self {
        let finite = || {
            (0_u32..)
                .zip(targets)
                .map(|(serial, &target)| (serial, clamp_finite(target)))
                .filter(|(_, target)| target.is_finite())
        };
        let bounds = finite().fold(Bounds::NOTHING, |bounds, (_, target)| bounds.with(target));
        let code = Morton::new(bounds);
        let mut keys: Vec<u64> = finite()
            .map(|(serial, target)| u64::from(code.of(target)) << 32 | u64::from(serial))
            .collect();
        keys.par_sort_unstable();
        let order: Vec<u32> = keys.into_iter().map(|key| key as u32).collect();
        let node_of = |serials: &[u32]| {
            serials.iter().fold(Node::NOTHING, |node, &serial| {
                let target = clamp_finite(targets[serial as usize]);
                let departure = departures.get(serial as usize).copied().unwrap_or(target);
                Node {
                    target: node.target.with(target),
                    departure: node.departure.with(departure),
                }
            })
        };
        let mut levels = vec![order.chunks(LEAF).map(node_of).collect::<Vec<Node>>()];
        while levels[levels.len() - 1].len() > 1 {
            let above = levels[levels.len() - 1]
                .chunks(BRANCH)
                .map(|nodes| nodes.iter().copied().fold(Node::NOTHING, Node::around))
                .collect();
            levels.push(above);
        }
        Self { order, levels }
    }

    /// Goes through the points that `judge` does not rule out by their boxes, when `progress` of the way is done. `found`
    /// gets serials, and whether they lie inside for certain; every serial once.
    pub fn search(
        &self,
        progress: f32,
        mut judge: impl FnMut(Bounds) -> Verdict,
        mut found: impl FnMut(&[u32], bool),
    ) {
        let top = self.levels.len().saturating_sub(1);
        let mut open: Vec<(usize, usize)> = (0..self.levels.get(top).map_or(0, Vec::len))
            .map(|index| (top, index))
            .collect();
        while let Some((level, index)) = open.pop() {
            let verdict = judge(self.levels[level][index].at(progress));
            match verdict {
                Verdict::Outside => {}
                Verdict::Partly if level > 0 => {
                    let last = ((index + 1) * BRANCH).min(self.levels[level - 1].len());
                    open.extend((index * BRANCH..last).map(|child| (level - 1, child)));
                }
                Verdict::Partly | Verdict::Inside => {
                    let wide = LEAF * BRANCH.pow(level as u32);
                    let last = ((index + 1) * wide).min(self.order.len());
                    found(&self.order[index * wide..last], verdict == Verdict::Inside);
                }
            }
        }
    }
}

/// Morton codes of 32 bits within a box: 16 bits an axis in a flat one, 10 in any other.
struct Morton {
    min: Vec3,
    scale: Vec3,
    flat: bool,
}

impl Morton {
    fn new(bounds: Bounds) -> Self {
        let extent = bounds.max - bounds.min;
        // Not a number where there are no points at all.
        let flat = extent.z.is_nan() || extent.z <= 0.0;
        let steps = if flat { 65_535.0 } else { 1023.0 };
        Self {
            min: bounds.min,
            scale: extent.map(|extent| if extent > 0.0 { steps / extent } else { 0.0 }),
            flat,
        }
    }

    fn of(&self, point: Vec3) -> u32 {
        // `as` saturates.
        let [x, y, z] = ((point - self.min) * self.scale)
            .to_array()
            .map(|step| step as u32);
        if self.flat {
            spread_by_two(x) | spread_by_two(y) << 1
        } else {
            spread_by_three(x) | spread_by_three(y) << 1 | spread_by_three(z) << 2
        }
    }
}

/// Puts a zero after each of the lower 16 bits.
fn spread_by_two(bits: u32) -> u32 {
    [
        (8, 0x00ff_00ff),
        (4, 0x0f0f_0f0f),
        (2, 0x3333_3333),
        (1, 0x5555_5555),
    ]
    .into_iter()
    .fold(bits & 0xffff, |bits, (shift, mask)| (bits | bits << shift) & mask)
}

/// Puts two zeros after each of the lower 10 bits.
fn spread_by_three(bits: u32) -> u32 {
    [
        (16, 0x0300_00ff),
        (8, 0x0300_f00f),
        (4, 0x030c_30c3),
        (2, 0x0924_9249),
    ]
    .into_iter()
    .fold(bits & 0x3ff, |bits, (shift, mask)| (bits | bits << shift) & mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points() -> impl Strategy<Value = Vec<Vec3>> {
        let number = prop_oneof![8 => -4.0_f32..4.0, 1 => Just(0.0), 1 => Just(f32::NAN)];
        let flat = any::<bool>();
        (
            flat,
            prop::collection::vec([number.clone(), number.clone(), number], 0..700),
        )
            .prop_map(|(flat, points)| {
                let place = |[x, y, z]: [f32; 3]| Vec3::new(x, y, if flat { 0.0 } else { z });
                points.into_iter().map(place).collect()
            })
    }

    proptest! {
        #[test]
        fn every_point_is_found_once_and_lies_in_the_boxes_above_it(
            targets in points(), shift in -3.0_f32..3.0, progress in 0.0_f32..=1.0,
        ) {
            let departures: Vec<Vec3> = targets.iter().map(|&p| if p.is_finite() { Vec3::new(p.y, p.z, p.x) * shift } else { p }).collect();
            let bvh = Bvh::new(&targets, &departures);
            let mut serials = Vec::new();
            let boxes = std::cell::RefCell::new(Bounds::NOTHING);
            bvh.search(
                progress,
                |bounds| {
                    boxes.replace(bounds);
                    Verdict::Partly
                },
                |found, certain| {
                    assert!(!certain);
                    for &serial in found {
                        let (from, to) = (departures[serial as usize], targets[serial as usize]);
                        let at = from + (to - from) * progress;
                        let Bounds { min, max } = *boxes.borrow();
                        assert!(at.cmpge(min).all() && at.cmple(max).all(), "{at} in {min}..{max}");
                    }
                    serials.extend_from_slice(found);
                },
            );
            serials.sort_unstable();
            let finite: Vec<u32> = (0..targets.len() as u32).filter(|&i| targets[i as usize].is_finite()).collect();
            prop_assert_eq!(&serials, &finite);
            let mut all = Vec::new();
            bvh.search(progress, |_| Verdict::Inside, |found, certain| {
                assert!(certain);
                all.extend_from_slice(found);
            });
            all.sort_unstable();
            prop_assert_eq!(all, finite);
        }
    }

    #[test]
    fn neighbours_share_boxes() {
        let side = 64;
        let grid: Vec<Vec3> = (0..side * side)
            .map(|i| Vec3::new((i % side) as f32, (i / side) as f32, 0.0))
            .collect();
        let mut looked_at = 0;
        let around = Vec3::new(20.2, 40.7, 0.0);
        Bvh::new(&grid, &[]).search(
            1.0,
            |Bounds { min, max }| match around.clamp(min, max).distance(around) < 1.0 {
                true => Verdict::Partly,
                false => Verdict::Outside,
            },
            |found, _| looked_at += found.len(),
        );
        assert!((1..=4 * LEAF).contains(&looked_at), "{looked_at}");
    }

    #[test]
    fn no_points_are_no_trouble() {
        for targets in [&[][..], &[Vec3::NAN; 3]] {
            Bvh::new(targets, &[]).search(1.0, |_| Verdict::Inside, |found, _| assert!(found.is_empty()));
        }
    }
}
