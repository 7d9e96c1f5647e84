//! Which samples are like which: features of the samples, their nearest neighbours, and the weighted graph of those.
//!
//! The features are the images' principal [`components()`], what a network has made of the images, or vectors from a file.

mod clusters;
mod coarse;
mod components;
mod covariance;
mod features;
mod graph;
mod nearest;
mod neighbours;
mod order;
mod products;
mod rows;
mod vectors;

pub(crate) use clusters::{k_means, nearest};
pub use components::components;
pub use features::{Features, squared_distance};
pub use graph::Graph;
pub use neighbours::{EXACT, Neighbours};

use std::sync::Arc;

use crate::dataset::{Dataset, Vectors};
use crate::job::{Cancelled, Job};

/// Neighbours of each sample that are looked for: as many as a row of a wide panel shows.
pub const NEIGHBOURS: usize = 15;

/// Samples of a graph at most: larger data sets have none.
pub const MOST: usize = 1_000_000;

/// Everything that is known of which samples are like which.
#[derive(Clone, Debug)]
pub struct Similarity {
    /// What samples are compared by.
    pub features: Arc<Features>,
    /// The nearest samples of each, with their distances.
    pub neighbours: Arc<Neighbours>,
    /// Samples joined to their nearest neighbours.
    pub graph: Arc<Graph>,
}

impl Similarity {
    /// The graph by the principal components of the images.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn of_images(dataset: &Dataset, job: &Job) -> Result<Self, Cancelled> {
        let features = components(dataset, &job.part(0.0, 0.15))?;
        Self::of_features(features, &job.part(0.15, 1.0))
    }

    /// The graph by vectors: of more than 64 numbers by the cosine, and else by their distance.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn of_vectors(vectors: &Vectors, job: &Job) -> Result<Self, Cancelled> {
        let features = Self::features_of(vectors, &job.part(0.0, 0.15))?;
        Self::of_features(features, &job.part(0.15, 1.0))
    }

    /// What samples with these vectors are compared by: see [`Self::of_vectors`]. Vectors of more than 64 numbers are drawn
    /// together to 50.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn features_of(vectors: &Vectors, job: &Job) -> Result<Features, Cancelled> {
        vectors::features(vectors, job)
    }

    /// The graph by any features.
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

#[cfg(test)]
mod tests;
