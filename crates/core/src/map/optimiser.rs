//! One pass of stochastic gradient descent over the edges: [`Pass`].

use std::ops::Range;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use pulp::Arch;
use rayon::prelude::*;

use super::curve::Curve;
use super::fuzzy::FuzzySet;
use super::power::power;
use super::random::{LANES, Random};
use super::settings::Settings;

/// No coordinate changes by more than this times the learning rate in one step.
const CLIP: f32 = 4.0;

/// Samples that one task works on; their random numbers depend on the block, not on the thread.
const BLOCK: usize = 512;

/// Added to squared distances where they are divided by: nothing beside any but 0.
const TINY: f32 = 1e-30;

/// Positions that several threads read and write: bits of 32-bit floats. Without locks, an update that meets another one
/// of the same sample may be lost, and a position may be read half old and half new; descent bears both (Recht et al.
/// 2011, "Hogwild!").
pub struct Points<const D: usize>(Vec<[AtomicU32; D]>);

impl<const D: usize> Points<D> {
    pub fn new(positions: impl Iterator<Item = [f32; D]>) -> Self {
        Self(
            positions
                .map(|position| position.map(|x| AtomicU32::new(x.to_bits())))
                .collect(),
        )
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = [f32; D]> + '_ {
        self.0.iter().map(load)
    }

    #[inline(always)]
    fn get(&self, serial: usize) -> [f32; D] {
        load(&self.0[serial])
    }

    #[inline(always)]
    fn set(&self, serial: usize, position: [f32; D]) {
        for (cell, x) in self.0[serial].iter().zip(position) {
            cell.store(x.to_bits(), Relaxed);
        }
    }
}

#[inline(always)]
fn load<const D: usize>(cells: &[AtomicU32; D]) -> [f32; D] {
    std::array::from_fn(|axis| f32::from_bits(cells[axis].load(Relaxed)))
}

/// The edges with how often each is sampled, by the sample that they go out from.
pub struct Edges {
    /// `[n + 1]`
    offsets: Vec<u32>,
    list: Vec<Edge>,
}

struct Edge {
    end: u32,
    /// Samples per epoch, in units of 2⁻³².
    rate: u32,
}

impl Edges {
    /// The strongest are sampled in each epoch, the others by their weight; those that would not be in any are left out.
    pub fn new(set: &FuzzySet, epochs: u32) -> Self {
        let largest = set.largest();
        let mut edges = Self {
            offsets: vec![0],
            list: Vec::with_capacity(set.edge_count()),
        };
        for serial in 0..set.len() as u32 {
            let sampled = set
                .of(serial)
                .iter()
                .filter(|edge| edge.1 * epochs as f32 >= largest);
            edges.list.extend(sampled.map(|&(end, weight)| Edge {
                end,
                rate: (f64::from(weight) / f64::from(largest) * 2.0_f64.powi(32)) as u32,
            }));
            edges.offsets.push(edges.list.len() as u32);
        }
        edges
    }

    #[inline(always)]
    fn of(&self, serial: usize) -> &[Edge] {
        &self.list[self.offsets[serial] as usize..self.offsets[serial + 1] as usize]
    }
}

/// Factors of the gradients.
#[derive(Clone, Copy)]
pub struct Forces {
    a: f32,
    b: f32,
    attraction: f32,
    repulsion: f32,
    negatives: usize,
}

impl Forces {
    pub fn new(curve: Curve, settings: &Settings) -> Self {
        Self {
            a: curve.a,
            b: curve.b,
            attraction: -2.0 * curve.a * curve.b,
            repulsion: 2.0 * curve.b * settings.repulsion,
            negatives: settings.negatives as usize,
        }
    }
}

/// An epoch of `optimize_layout_euclidean` of `umap-learn`: each edge that is due pulls its two ends together, and pushes
/// the first one away from samples drawn at random. Other than there, eight of these are drawn at a time and pushed away
/// from together.
pub struct Pass<'a, const D: usize> {
    pub points: &'a Points<D>,
    pub edges: &'a Edges,
    pub forces: Forces,
    pub seed: u64,
    /// From 1.
    pub epoch: u32,
    pub learning_rate: f32,
}

impl<const D: usize> Pass<'_, D> {
    /// On the threads of the current pool; with one thread it is the same each time.
    pub fn run(&self) {
        let (arch, samples) = (Arch::new(), self.points.len());
        let blocks = samples.div_ceil(BLOCK);
        let work = |block: usize| {
            let serials = block * BLOCK..((block + 1) * BLOCK).min(samples);
            arch.dispatch(|| self.block(block as u32, serials));
        };
        if rayon::current_num_threads() == 1 {
            (0..blocks).for_each(work);
        } else {
            (0..blocks).into_par_iter().for_each(work);
        }
    }

    #[inline(always)]
    fn block(&self, block: u32, serials: Range<usize>) {
        let mut random = Random::new(self.seed, self.epoch, block);
        let mut due = Vec::new();
        for serial in serials {
            let edges = self.edges.of(serial);
            due.resize(due.len().max(edges.len()), 0);
            let mut count = 0;
            for edge in edges {
                due[count] = edge.end;
                // The whole part of epoch × rate has grown since the epoch before.
                count += usize::from(self.epoch.wrapping_mul(edge.rate) <= edge.rate);
            }
            if count == 0 {
                continue;
            }
            let mut position = self.points.get(serial);
            let mut owed = 0;
            for &end in &due[..count] {
                self.attract(&mut position, end as usize);
                owed += self.forces.negatives;
                while owed >= LANES {
                    self.repel(&mut position, random.below(self.points.len() as u32), LANES);
                    owed -= LANES;
                }
            }
            if owed > 0 {
                self.repel(&mut position, random.below(self.points.len() as u32), owed);
            }
            self.points.set(serial, position);
        }
    }

    #[inline(always)]
    fn attract(&self, position: &mut [f32; D], end: usize) {
        let mut other = self.points.get(end);
        let mut squared = TINY;
        for axis in 0..D {
            let difference = position[axis] - other[axis];
            squared += difference * difference;
        }
        let power = power(squared, self.forces.b);
        let factor = self.forces.attraction * power / (squared * (1.0 + self.forces.a * power));
        for axis in 0..D {
            let step = self.learning_rate * clip(factor * (position[axis] - other[axis]));
            position[axis] += step;
            other[axis] -= step;
        }
        self.points.set(end, other);
    }

    /// From the first `count` of the samples.
    #[inline(always)]
    fn repel(&self, position: &mut [f32; D], others: [u32; LANES], count: usize) {
        let mut differences = [[0.0; LANES]; D];
        for lane in 0..LANES {
            let other = self.points.get(others[lane] as usize);
            for axis in 0..D {
                differences[axis][lane] = position[axis] - other[axis];
            }
        }
        let mut factors = [0.0; LANES];
        for lane in 0..LANES {
            let mut squared = 0.0;
            for along in &differences {
                squared += along[lane] * along[lane];
            }
            let grown = 1.0 + self.forces.a * power(squared, self.forces.b);
            let weight = if lane < count { self.forces.repulsion } else { 0.0 };
            factors[lane] = weight / ((0.001 + squared) * grown);
        }
        for axis in 0..D {
            let mut steps = [0.0; LANES];
            for lane in 0..LANES {
                steps[lane] = clip(factors[lane] * differences[axis][lane]);
            }
            position[axis] += self.learning_rate * sum(steps);
        }
    }
}

#[inline(always)]
fn clip(x: f32) -> f32 {
    let x = if x > CLIP { CLIP } else { x };
    if x < -CLIP { -CLIP } else { x }
}

#[inline(always)]
fn sum(x: [f32; LANES]) -> f32 {
    ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]))
}
