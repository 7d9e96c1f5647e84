//! [`Neighbours`]: the nearest other samples of each sample.

use super::features::Features;
use super::nearest;
use super::order::Order;
use crate::job::{Cancelled, Job};

/// Up to as many samples the neighbours are exact; above that nearly all of them are found.
pub const EXACT: usize = 200_000;

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

    pub(super) fn search(
        features: &Features,
        count: usize,
        exact: bool,
        job: &Job,
    ) -> Result<Self, Cancelled> {
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

    /// From the places of each sample, at most `count`, the nearest first.
    pub(crate) fn new(count: usize, places: impl Iterator<Item = Vec<(u32, f32)>>) -> Self {
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
