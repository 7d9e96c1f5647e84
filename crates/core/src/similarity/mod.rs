//! Which samples are like which: features of the samples, their nearest neighbours, and the weighted graph of those.
//!
//! The features are the images' principal [`components()`], or what a network has made of the images.

mod clusters;
mod coarse;
mod components;
mod covariance;
mod graph;
mod nearest;
mod order;
mod products;

pub use clusters::{k_means, nearest};
pub use components::{COMPONENTS, components};
pub use graph::Graph;

use std::sync::Arc;

use crate::dataset::Dataset;
use crate::job::{Cancelled, Job};

use order::Order;

/// Neighbours of each sample that are looked for: as many as a row of a wide panel shows.
pub const NEIGHBOURS: usize = 15;

/// Up to as many samples the neighbours are exact; above that nearly all of them are found.
pub const EXACT: usize = 200_000;

/// More samples have no graph.
pub const MOST: usize = 1_000_000;

/// Everything that is known of which samples are like which.
#[derive(Clone, Debug)]
pub struct Similarity {
    pub features: Arc<Features>,
    pub neighbours: Arc<Neighbours>,
    pub graph: Arc<Graph>,
}

impl Similarity {
    /// By the principal components of the images.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn of_images(dataset: &Dataset, job: &Job) -> Result<Self, Cancelled> {
        let features = components(dataset, &job.part(0.0, 0.15))?;
        Self::of_features(features, &job.part(0.15, 1.0))
    }

    /// By any features.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn of_features(features: Features, job: &Job) -> Result<Self, Cancelled> {
        let neighbours = Neighbours::find(&features, NEIGHBOURS, job)?;
        let graph = Graph::new(features.len(), &neighbours);
        Ok(Self {
            features: Arc::new(features),
            neighbours: Arc::new(neighbours),
            graph: Arc::new(graph),
        })
    }
}

/// A row of numbers per sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// `[n, dim]`, row-major.
    values: Vec<f32>,
    dim: usize,
}

impl Features {
    /// `values`: row-major `[n, dim]`.
    ///
    /// # Panics
    /// If they are not whole rows.
    pub fn new(values: Vec<f32>, dim: usize) -> Self {
        assert!(
            dim > 0 && values.len().is_multiple_of(dim),
            "features must be whole rows"
        );
        Self { values, dim }
    }

    /// Samples.
    pub fn len(&self) -> usize {
        self.values.len() / self.dim
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All numbers, `[n, dim]` row-major.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Numbers of a sample.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// Those of a sample.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn row(&self, serial: usize) -> &[f32] {
        &self.values[serial * self.dim..(serial + 1) * self.dim]
    }

    /// Mean over the samples that are finite, `[dim]`.
    pub fn mean(&self) -> Vec<f32> {
        let (mut sums, mut count) = (vec![0.0_f64; self.dim], 0_usize);
        for serial in (0..self.len()).filter(|&serial| self.is_finite(serial)) {
            count += 1;
            for (sum, &value) in sums.iter_mut().zip(self.row(serial)) {
                *sum += f64::from(value);
            }
        }
        sums.into_iter()
            .map(|sum| (sum / count.max(1) as f64) as f32)
            .collect()
    }

    /// Whether all of a sample's numbers are.
    pub fn is_finite(&self, serial: usize) -> bool {
        self.row(serial).iter().all(|value| value.is_finite())
    }
}

/// The nearest other samples of each sample, by the Euclidean distance of their features.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Places per sample.
    count: usize,
    /// `[n, count]`: the nearest first, equal ones by rising serial; after the last one [`u32::MAX`].
    serials: Vec<u32>,
    /// `[n, count]`
    distances: Vec<f32>,
}

impl Neighbours {
    /// The `count` nearest of each sample (fewer where there are fewer): exact for up to [`EXACT`] samples. A sample whose
    /// features are not finite has no neighbours, and is nobody's.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn find(features: &Features, count: usize, job: &Job) -> Result<Self, Cancelled> {
        Self::search(features, count, features.len() <= EXACT, job)
    }

    fn search(features: &Features, count: usize, exact: bool, job: &Job) -> Result<Self, Cancelled> {
        let count = count.min(features.len().saturating_sub(1));
        let order = Order::new(features, &job.part(0.0, 0.05))?;
        let tiles = if exact {
            nearest::all_pairs(order.len())
        } else {
            order.near()
        };
        let found = nearest::search(&order.sorted(features), count, &tiles, &job.part(0.05, 1.0))?;
        let mut places = vec![Vec::new(); features.len()];
        for (serial, found) in order.serials().zip(found) {
            let back = found
                .into_iter()
                .map(|(place, distance)| (order.serial(place), distance));
            let place = &mut places[serial as usize];
            place.extend(back);
            place.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        }
        Ok(Self::new(count, places.into_iter()))
    }

    /// From the places of each sample, the nearest first.
    fn new(count: usize, places: impl Iterator<Item = Vec<(u32, f32)>>) -> Self {
        let (mut serials, mut distances) = (Vec::new(), Vec::new());
        for mut found in places {
            found.resize(count, (u32::MAX, f32::INFINITY));
            serials.extend(found.iter().map(|place| place.0));
            distances.extend(found.iter().map(|place| place.1));
        }
        Self {
            count,
            serials,
            distances,
        }
    }

    /// Those of a sample with their distances, the nearest first; none of a sample that is not there.
    pub fn of(&self, serial: u32) -> impl Iterator<Item = (u32, f32)> + '_ {
        let from = (serial as usize).saturating_mul(self.count);
        let places = from..from.saturating_add(self.count);
        let serials = self.serials.get(places.clone()).unwrap_or_default();
        let distances = self.distances.get(places).unwrap_or_default();
        let pairs = serials.iter().copied().zip(distances.iter().copied());
        pairs.take_while(|pair| pair.0 != u32::MAX)
    }
}

/// Squared Euclidean distance.
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    // Sums beside each other, so that one need not wait for the other.
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b));
    sums.into_iter().chain(rest).sum()
}

#[cfg(test)]
mod tests;
