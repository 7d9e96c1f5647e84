//! Typical samples of different regions.

use std::cmp::Reverse;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use crate::job::{Cancelled, Job};
use crate::similarity::{Features, Neighbours, k_means, nearest};

/// Clusters beyond one for each label, and at most.
const MORE: usize = 10;
const MOST: usize = 500;

/// Samples that say where the clusters are.
const LOOKED_AT: usize = 10_000;

/// Cluster by cluster, the largest without a label first, the most typical sample of each; then the second ones of all.
pub fn scores(
    features: &Features,
    neighbours: &Neighbours,
    labelled: &[(u32, u8)],
    seed: u64,
    job: &Job,
) -> Result<Vec<f32>, Cancelled> {
    let n = features.len();
    let finite: Vec<u32> = (0..n as u32)
        .filter(|&serial| features.is_finite(serial as usize))
        .collect();
    let count = (labelled.len() + MORE).min(MOST).min(finite.len());
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let some = sample(&mut random, finite.len(), LOOKED_AT.min(finite.len()));
    let some: Vec<u32> = some.into_iter().map(|at| finite[at]).collect();
    let centres = k_means(features, &some, count, seed, job)?;
    let mut clusters = vec![(Vec::new(), false); count];
    let own = nearest(features, &finite, centres.values());
    for (&serial, &cluster) in finite.iter().zip(&own) {
        let (members, covered) = &mut clusters[cluster];
        members.push(serial);
        *covered |= labelled.binary_search_by_key(&serial, |pair| pair.0).is_ok();
    }
    let typicality: Vec<f32> = (0..n as u32)
        .map(|serial| typicality(neighbours, serial))
        .collect();
    clusters.sort_by_key(|(members, covered)| (*covered, Reverse(members.len())));
    let mut scores = vec![f32::MIN; n];
    for (place, (mut members, _)) in clusters.into_iter().enumerate() {
        members.sort_by(|&a, &b| {
            let of = |serial: u32| typicality[serial as usize];
            of(b).total_cmp(&of(a)).then(a.cmp(&b))
        });
        for (rank, serial) in members.into_iter().enumerate() {
            scores[serial as usize] = -((rank * count + place) as f32);
        }
    }
    Ok(scores)
}

/// 1 / the mean distance to the neighbours; 0 without any.
fn typicality(neighbours: &Neighbours, serial: u32) -> f32 {
    let (sum, count) = neighbours
        .of(serial)
        .fold((0.0_f32, 0_usize), |(sum, count), pair| (sum + pair.1, count + 1));
    if count == 0 {
        0.0
    } else {
        (sum / count as f32).max(f32::MIN_POSITIVE).recip()
    }
}
