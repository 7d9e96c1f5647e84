//! Groups of samples by k-means.

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::gemm::{Matrix, multiply};
use crate::job::{Cancelled, Job};

use super::features::Features;

/// Rounds of Lloyd's algorithm.
const ROUNDS: usize = 12;

/// Samples that one product takes.
const BLOCK: usize = 1024;

/// Centres `[count, dim]` of groups of some samples, from `count` random ones of them on, by Lloyd's algorithm. There are no
/// more than samples.
///
/// # Errors
/// If it is cancelled.
///
/// # Panics
/// If a serial lies outside the features.
pub fn k_means(
    features: &Features,
    serials: &[u32],
    count: usize,
    seed: u64,
    job: &Job,
) -> Result<Features, Cancelled> {
    let (dim, count) = (features.dim(), count.min(serials.len()));
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let first = sample(&mut random, serials.len(), count).into_iter();
    let mut centres: Vec<f32> = first
        .flat_map(|at| features.row(serials[at] as usize).to_vec())
        .collect();
    for round in 0..ROUNDS {
        job.reached(round as u64, ROUNDS as u64)?;
        let (mut sums, mut sizes) = (vec![0.0_f64; centres.len()], vec![0_usize; count]);
        for (&serial, centre) in serials.iter().zip(nearest(features, serials, &centres)) {
            sizes[centre] += 1;
            let sum = &mut sums[centre * dim..(centre + 1) * dim];
            for (sum, &value) in sum.iter_mut().zip(features.row(serial as usize)) {
                *sum += f64::from(value);
            }
        }
        for (centre, &size) in sizes.iter().enumerate().filter(|(_, size)| **size > 0) {
            let places = centre * dim..(centre + 1) * dim;
            for (value, sum) in centres[places.clone()].iter_mut().zip(&sums[places]) {
                *value = (sum / size as f64) as f32;
            }
        }
    }
    Ok(Features::new(centres, dim))
}

/// Number of the nearest centre, `[count, dim]`, for each of some samples.
pub fn nearest(features: &Features, serials: &[u32], centres: &[f32]) -> Vec<usize> {
    let dim = features.dim();
    let halves: Vec<f32> = centres
        .chunks_exact(dim)
        .map(|centre| 0.5 * centre.iter().map(|value| value * value).sum::<f32>())
        .collect();
    let parts: Vec<Vec<usize>> = serials
        .par_chunks(BLOCK)
        .map(|serials| {
            let rows: Vec<f32> = serials
                .iter()
                .flat_map(|&serial| features.row(serial as usize))
                .copied()
                .collect();
            let mut products = vec![0.0; serials.len() * halves.len()];
            let centres = Matrix::new(centres, dim).transposed();
            multiply(&mut products, false, Matrix::new(&rows, dim), centres);
            products
                .chunks_exact(halves.len())
                .map(|row| {
                    let mut best = (0, f32::NEG_INFINITY);
                    for (centre, (product, half)) in row.iter().zip(&halves).enumerate() {
                        if product - half > best.1 {
                            best = (centre, product - half);
                        }
                    }
                    best.0
                })
                .collect()
        })
        .collect();
    parts.concat()
}
