//! Where a map starts, and how it is turned onto the one before.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use super::fuzzy::FuzzySet;
use crate::procrustes::{rotate, rotation};

/// The largest coordinate that a map starts with.
const LARGEST: f32 = 10.0;

/// Standard deviation of the noise that sets apart samples at one place, which would never part otherwise.
const NOISE: f32 = 1e-4;

/// A start from principal components, or from any other positions `[n]`: scaled so that the largest of the first `axes`
/// coordinates is 10, with a little noise, as `noisy_scale_coords` of `umap-learn` does. What is not finite stays so.
pub fn scaled(positions: &[[f32; 3]], axes: usize, seed: u64) -> Vec<[f32; 3]> {
    let coordinates = positions.iter().flat_map(|position| position.iter().take(axes));
    let largest = coordinates
        .filter(|x| x.is_finite())
        .fold(0.0_f32, |largest, x| largest.max(x.abs()));
    let factor = if largest > 0.0 { LARGEST / largest } else { 1.0 };
    let scaled = positions.iter().map(|position| position.map(|x| x * factor));
    noisy(scaled, axes, seed)
}

/// A start from the map before, `[n]`: samples that are joined to others but had no position are put amid those of their
/// neighbours that had one, or in the middle.
pub fn continued(before: &[[f32; 3]], set: &FuzzySet, axes: usize, seed: u64) -> Vec<[f32; 3]> {
    let at = |serial: usize| before.get(serial).copied().filter(is_finite);
    let middle = mean(before.iter().copied().filter(is_finite)).unwrap_or_default();
    let placed = (0..set.len()).map(|serial| {
        let neighbours = set.of(serial as u32);
        let amid = || mean(neighbours.iter().filter_map(|edge| at(edge.0 as usize)));
        match at(serial) {
            Some(position) => position,
            None if neighbours.is_empty() => [f32::NAN; 3],
            None => amid().unwrap_or(middle),
        }
    });
    noisy(placed, axes, seed)
}

/// The positions, `[n]`, moved, turned and mirrored as a whole so that they lie as near as they can to those before, by
/// their first `axes` coordinates (Schönemann 1966); they are not scaled. Positions that are not finite in either are passed
/// over in the fit. Layouts of different lengths, or without a sample that has a position in both, are not turned.
pub fn turned_onto(positions: &[[f32; 3]], before: &[[f32; 3]], axes: usize) -> Vec<[f32; 3]> {
    if positions.len() != before.len() {
        return positions.to_vec();
    }
    let both = || {
        let pairs = positions.iter().zip(before);
        pairs.filter(|(now, then)| is_finite(now) && is_finite(then))
    };
    let (now, then) = (mean(both().map(|pair| *pair.0)), mean(both().map(|pair| *pair.1)));
    let (Some(now), Some(then)) = (now, then) else {
        return positions.to_vec();
    };
    let mut turned = moved(positions, now, -1.0);
    if let Some(turn) = rotation(turned.iter().zip(&moved(before, then, -1.0)), axes) {
        rotate(&mut turned, &turn);
    }
    moved(&turned, then, 1.0)
}

fn moved(positions: &[[f32; 3]], by: [f32; 3], sign: f32) -> Vec<[f32; 3]> {
    let shifted = |position: &[f32; 3]| std::array::from_fn(|axis| position[axis] + sign * by[axis]);
    positions.iter().map(shifted).collect()
}

fn noisy(positions: impl Iterator<Item = [f32; 3]>, axes: usize, seed: u64) -> Vec<[f32; 3]> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    // Its parameters are constants in range, so this is never `None`.
    let noise = Normal::new(0.0, NOISE).ok();
    positions
        .map(|mut position| {
            for coordinate in position.iter_mut().take(axes) {
                *coordinate += noise.map_or(0.0, |noise| noise.sample(&mut random));
            }
            position
        })
        .collect()
}

fn is_finite(position: &[f32; 3]) -> bool {
    position.iter().all(|x| x.is_finite())
}

fn mean(positions: impl Iterator<Item = [f32; 3]>) -> Option<[f32; 3]> {
    let (mut sums, mut count) = ([0.0_f64; 3], 0_usize);
    for position in positions {
        count += 1;
        for (sum, x) in sums.iter_mut().zip(position) {
            *sum += f64::from(x);
        }
    }
    (count > 0).then(|| sums.map(|sum| (sum / count as f64) as f32))
}
