//! Nearest neighbours within the nearest clusters (an inverted file: Jégou, Douze & Schmid 2011, "Product quantization for
//! nearest neighbor search", section IV, without the quantization), for data sets too large to look at each pair.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use crate::effort::{Cancelled, Effort};

use super::clusters::{k_means, nearest};
use super::exact::{BLOCK, search};
use super::{Features, Neighbours, squared_distance};

/// Samples of a cluster, in the mean.
const CLUSTER: usize = 1000;

/// Nearest clusters in which a cluster's samples look for their neighbours, the own one included.
const PROBED: usize = 40;

/// Samples that the clusters are found by.
const SAMPLE: usize = 50_000;

/// The neighbours as [`Neighbours::find`] gives them, of which a few are missed: those in a cluster that has [`PROBED`] others
/// nearer to the sample's.
pub fn find(features: &Features, count: usize, effort: &Effort) -> Result<Neighbours, Cancelled> {
    let n = features.len();
    let finite: Vec<u32> = (0..n as u32)
        .filter(|&serial| features.is_finite(serial as usize))
        .collect();
    let some = sample(
        &mut ChaCha8Rng::seed_from_u64(0),
        finite.len(),
        SAMPLE.min(finite.len()),
    );
    let some: Vec<u32> = some.into_iter().map(|at| finite[at]).collect();
    let centres = k_means(features, &some, n.div_ceil(CLUSTER), 0, &effort.part(0.0, 0.05))?;
    if centres.is_empty() {
        return Ok(Neighbours::new(count, (0..n).map(|_| Vec::new())));
    }
    let own = nearest(features, &finite, &centres.values);
    // Cluster by cluster, so that near samples lie in few blocks.
    let mut order: Vec<(usize, u32)> = own.into_iter().zip(finite).collect();
    order.sort_unstable();
    let values = order
        .iter()
        .flat_map(|&(_, serial)| features.row(serial as usize));
    let sorted = Features::new(values.copied().collect(), features.dim());
    let tiles = tiles(&order, &centres);
    let found = search(&sorted, count, &tiles, &effort.part(0.05, 1.0))?;
    let mut places = vec![Vec::new(); n];
    for (&(_, serial), found) in order.iter().zip(found) {
        let back = found
            .into_iter()
            .map(|(at, distance)| (order[at as usize].1, distance));
        let place = &mut places[serial as usize];
        place.extend(back);
        place.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    }
    Ok(Neighbours::new(count, places.into_iter()))
}

/// Pairs of blocks that hold samples of clusters near to each other.
fn tiles(order: &[(usize, u32)], centres: &Features) -> Vec<(usize, usize)> {
    let blocks: Vec<Option<RangeInclusive<usize>>> = (0..centres.len())
        .map(|cluster| {
            let from = order.partition_point(|pair| pair.0 < cluster);
            let to = order.partition_point(|pair| pair.0 <= cluster);
            (from < to).then(|| from / BLOCK..=(to - 1) / BLOCK)
        })
        .collect();
    let mut tiles = HashSet::new();
    for (cluster, own) in blocks.iter().enumerate() {
        let mut near: Vec<(f32, usize)> = (0..centres.len())
            .map(|other| (squared_distance(centres.row(cluster), centres.row(other)), other))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        for other in near.iter().take(PROBED).filter_map(|pair| blocks[pair.1].clone()) {
            for a in own.clone().into_iter().flatten() {
                tiles.extend(other.clone().map(|b| (a.min(b), a.max(b))));
            }
        }
    }
    // The blocks by themselves first, as for all pairs.
    let mut tiles: Vec<(usize, usize)> = tiles.into_iter().collect();
    tiles.sort_unstable_by_key(|&(a, b)| (b - a, a));
    tiles
}
