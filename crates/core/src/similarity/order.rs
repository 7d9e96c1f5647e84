//! Samples in the order of their clusters, so that near ones lie in few blocks. Where there are too many to look at each pair,
//! only near clusters are looked at (an inverted file: Jégou, Douze & Schmid 2011, "Product quantization for nearest neighbor
//! search", section IV, without the quantization).

use std::collections::HashSet;
use std::ops::RangeInclusive;

use rand::SeedableRng;
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;

use crate::job::{Cancelled, Job};

use super::clusters::{k_means, nearest};
use super::features::{Features, squared_distance};
use super::nearest::BLOCK;

/// Samples of a cluster, in the mean.
const CLUSTER: usize = 1000;

/// Samples that a cluster is found by, in the mean.
const SAMPLE: usize = 50;

/// Nearest clusters in which a cluster's samples look for their neighbours, the own one included.
const PROBED: usize = 40;

/// The samples that are finite, cluster by cluster.
pub struct Order {
    /// Cluster and serial.
    samples: Vec<(usize, u32)>,
    centres: Option<Features>,
}

impl Order {
    /// # Errors
    /// If it is cancelled.
    pub fn new(features: &Features, job: &Job) -> Result<Self, Cancelled> {
        let n = features.len() as u32;
        let finite: Vec<u32> = (0..n)
            .filter(|&serial| features.is_finite(serial as usize))
            .collect();
        if finite.is_empty() {
            return Ok(Self {
                samples: Vec::new(),
                centres: None,
            });
        }
        let clusters = finite.len().div_ceil(CLUSTER);
        let mut random = ChaCha8Rng::seed_from_u64(0);
        let some = sample(&mut random, finite.len(), finite.len().min(clusters * SAMPLE));
        let some: Vec<u32> = some.into_iter().map(|at| finite[at]).collect();
        let centres = k_means(features, &some, clusters, 0, job)?;
        let own = nearest(features, &finite, centres.values());
        let mut samples: Vec<(usize, u32)> = own.into_iter().zip(finite).collect();
        samples.sort_unstable();
        Ok(Self {
            samples,
            centres: Some(centres),
        })
    }

    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Serials in this order.
    pub fn serials(&self) -> impl Iterator<Item = u32> + '_ {
        self.samples.iter().map(|sample| sample.1)
    }

    pub fn serial(&self, place: u32) -> u32 {
        self.samples[place as usize].1
    }

    /// Features in this order.
    pub fn sorted(&self, features: &Features) -> Features {
        let values = self.serials().flat_map(|serial| features.row(serial as usize));
        Features::new(values.copied().collect(), features.dim())
    }

    /// Pairs of blocks that hold samples of clusters near to each other.
    pub fn near(&self) -> Vec<(usize, usize)> {
        let Some(centres) = &self.centres else {
            return Vec::new();
        };
        let blocks: Vec<Option<RangeInclusive<usize>>> = (0..centres.len())
            .map(|cluster| {
                let from = self.samples.partition_point(|pair| pair.0 < cluster);
                let to = self.samples.partition_point(|pair| pair.0 <= cluster);
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
}
