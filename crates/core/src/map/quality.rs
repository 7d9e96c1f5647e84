//! How well a map keeps what it shows.

use rayon::prelude::*;

use crate::similarity::{Features, squared_distance};

/// Trustworthiness at k (Venna & Kaski 2001), in 0..=1: 1 if the k nearest of each sample in the map are its k nearest by
/// the features too, and less by how many places later the others come by the features; a random layout has about 0.5.
/// It is the mean over the samples `of`, each against all `n`. `positions`: `[n]`. NaN where it is not defined: without
/// samples, or with `2n ≤ 3k + 1`.
///
/// It takes time by n for each of the samples. All must be finite.
///
/// # Panics
/// If one of the samples is not there, or there are not as many positions as features.
pub fn trustworthiness(features: &Features, positions: &[[f32; 3]], k: usize, of: &[u32]) -> f64 {
    assert_eq!(features.len(), positions.len(), "a position for each sample");
    let n = features.len() as f64;
    let scale = 2.0 * n - 3.0 * k as f64 - 1.0;
    if of.is_empty() || k == 0 || scale <= 0.0 {
        return f64::NAN;
    }
    let beyond: u64 = of
        .par_iter()
        .map(|&serial| {
            let own = features.row(serial as usize);
            let distances: Vec<f32> = (0..features.len())
                .map(|other| squared_distance(own, features.row(other)))
                .collect();
            let beyond = nearest(positions, serial, k).into_iter().map(|other| {
                let key = (distances[other as usize], other);
                let nearer = |i: usize| i != serial as usize && (distances[i], i as u32) < key;
                let rank = 1 + (0..distances.len()).filter(|&i| nearer(i)).count();
                rank.saturating_sub(k) as u64
            });
            beyond.sum::<u64>()
        })
        .sum();
    1.0 - 2.0 * beyond as f64 / (of.len() as f64 * k as f64 * scale)
}

/// The share of the k nearest samples in the map that have the same class, in 0..=1: the mean over the samples `of`, each
/// against all `n`. `positions` and `classes`: `[n]`. NaN without samples.
///
/// # Panics
/// If one of the samples is not there, or there are not as many positions as classes.
pub fn class_agreement<T: PartialEq + Sync>(
    positions: &[[f32; 3]],
    classes: &[T],
    k: usize,
    of: &[u32],
) -> f64 {
    assert_eq!(classes.len(), positions.len(), "a position for each sample");
    let (same, all) = of
        .par_iter()
        .map(|&serial| {
            let near = nearest(positions, serial, k);
            let own = &classes[serial as usize];
            let same = near
                .iter()
                .filter(|&&other| classes[other as usize] == *own)
                .count();
            (same, near.len())
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    same as f64 / all as f64
}

/// The k samples nearest to one in the map, in no order.
fn nearest(positions: &[[f32; 3]], serial: u32, k: usize) -> Vec<u32> {
    let own = positions[serial as usize];
    let mut others: Vec<(f32, u32)> = (0..)
        .zip(positions)
        .filter(|&(other, _)| other != serial)
        .map(|(other, position)| (squared_distance(&own, position), other))
        .collect();
    if k < others.len() {
        others.select_nth_unstable_by(k, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    }
    others.into_iter().take(k).map(|other| other.1).collect()
}
