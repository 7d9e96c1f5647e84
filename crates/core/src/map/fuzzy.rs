//! [`FuzzySet`]: how strongly samples are joined, by the distances of their neighbours.

use rayon::prelude::*;

use super::error::MapError;
use crate::similarity::Neighbours;

/// Halvings at most until a bandwidth is found.
const HALVINGS: usize = 64;

/// A bandwidth is found when the memberships' sum is so near to the one wanted.
const NEAR: f32 = 1e-5;

/// A bandwidth is at least this share of the mean distance.
const LEAST_BANDWIDTH: f32 = 1e-3;

/// The fuzzy simplicial set of the samples (McInnes et al. 2018, sections 2.2 and 3.1): an undirected graph, row by row
/// (compressed sparse rows), whose weights say how much two samples are neighbours, above 0 and up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct FuzzySet {
    /// `[n + 1]`: where each sample's edges begin.
    offsets: Vec<u32>,
    /// The other ends, by rising serial, and the weights.
    edges: Vec<(u32, f32)>,
}

impl FuzzySet {
    /// Of the `count` nearest neighbours of each sample; samples without neighbours are joined to none. Memberships are
    /// `exp(−(d − ρ) / σ)`, ρ being the distance of the nearest neighbour that lies elsewhere, and σ such that they sum to
    /// `log₂(count + 1)`; those of the two directions are united by `a + b − a b`. So `umap-learn` does with a local
    /// connectivity and a bandwidth of 1.
    ///
    /// # Errors
    /// If a distance is negative or not finite, a neighbour is none of the samples, or no sample has as many neighbours.
    pub fn new(samples: usize, neighbours: &Neighbours, count: usize) -> Result<Self, MapError> {
        let found = (0..samples as u32).map(|serial| neighbours.of(serial).take(count).count());
        let found = found.max().unwrap_or(0);
        if found < count {
            return Err(MapError::FewNeighbours { asked: count, found });
        }
        check(samples, neighbours, count)?;
        let mean = mean_distance(samples, neighbours, count);
        let rows: Vec<Vec<(u32, f32)>> = (0..samples as u32)
            .into_par_iter()
            .map_init(Vec::new, |distances, serial| {
                distances.clear();
                distances.extend(neighbours.of(serial).take(count).map(|(_, distance)| distance));
                let kernel = Kernel::new(distances, mean);
                let mut row: Vec<(u32, f32)> = neighbours
                    .of(serial)
                    .take(count)
                    .filter(|&(other, _)| other != serial)
                    .map(|(other, distance)| (other, kernel.membership(distance)))
                    .filter(|edge| edge.1 > 0.0)
                    .collect();
                row.sort_unstable_by_key(|edge| edge.0);
                row
            })
            .collect();
        Ok(Self::united(&rows))
    }

    /// The union of both directions.
    fn united(rows: &[Vec<(u32, f32)>]) -> Self {
        let back = transposed(rows);
        let united: Vec<Vec<(u32, f32)>> = rows
            .par_iter()
            .zip(&back)
            .map(|(row, back)| {
                let mut united = Vec::with_capacity(row.len() + back.len());
                let mut back = back.iter().copied().peekable();
                for &(other, weight) in row {
                    while let Some(edge) = back.next_if(|edge| edge.0 < other) {
                        united.push(edge);
                    }
                    let reverse = back.next_if(|edge| edge.0 == other).map_or(0.0, |edge| edge.1);
                    united.push((other, weight + reverse - weight * reverse));
                }
                united.extend(back);
                united
            })
            .collect();
        let mut offsets = Vec::with_capacity(rows.len() + 1);
        let mut edges = Vec::with_capacity(united.iter().map(Vec::len).sum());
        offsets.push(0);
        for row in united {
            edges.extend(row);
            offsets.push(edges.len() as u32);
        }
        Self { offsets, edges }
    }

    /// Samples.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The samples that one is joined to, by rising serial, with the weights; none of a sample that is not there.
    pub fn of(&self, serial: u32) -> &[(u32, f32)] {
        let bound = |i: usize| self.offsets.get(i).map(|&offset| offset as usize);
        match (bound(serial as usize), bound(serial as usize + 1)) {
            (Some(from), Some(to)) => self.edges.get(from..to).unwrap_or_default(),
            _ => &[],
        }
    }

    /// Edges of all samples, each once from either end.
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The largest weight, 0 without edges.
    pub fn largest(&self) -> f32 {
        self.edges.iter().fold(0.0, |largest, edge| edge.1.max(largest))
    }
}

fn check(samples: usize, neighbours: &Neighbours, count: usize) -> Result<(), MapError> {
    for serial in 0..samples as u32 {
        for (other, distance) in neighbours.of(serial).take(count) {
            if other as usize >= samples {
                return Err(MapError::Neighbour {
                    serial,
                    other,
                    samples,
                });
            }
            if !(distance >= 0.0 && distance.is_finite()) {
                return Err(MapError::Distance { serial, distance });
            }
        }
    }
    Ok(())
}

/// Over all neighbours and, at distance 0, the samples themselves.
fn mean_distance(samples: usize, neighbours: &Neighbours, count: usize) -> f32 {
    let (mut sum, mut places) = (0.0, 0_usize);
    for serial in 0..samples as u32 {
        let of_it: f64 = neighbours
            .of(serial)
            .take(count)
            .map(|(_, distance)| f64::from(distance))
            .sum();
        sum += of_it;
        places += 1 + neighbours.of(serial).take(count).count();
    }
    (sum / places.max(1) as f64) as f32
}

/// How the membership of a sample's neighbours falls with their distance.
#[derive(Clone, Copy)]
struct Kernel {
    nearest: f32,
    bandwidth: f32,
}

impl Kernel {
    /// `distances`: of the neighbours of a sample, the nearest first; `mean`: the mean over all samples.
    fn new(distances: &[f32], mean: f32) -> Self {
        let nearest = distances
            .iter()
            .copied()
            .find(|&distance| distance > 0.0)
            .unwrap_or(0.0);
        let wanted = (distances.len() as f32 + 1.0).log2();
        let (mut low, mut high, mut bandwidth) = (0.0_f32, f32::INFINITY, 1.0_f32);
        for _ in 0..HALVINGS {
            let kernel = Self { nearest, bandwidth };
            let sum: f32 = distances
                .iter()
                .map(|&distance| kernel.membership(distance))
                .sum();
            if (sum - wanted).abs() < NEAR {
                break;
            }
            if sum > wanted {
                high = bandwidth;
            } else {
                low = bandwidth;
            }
            bandwidth = if high.is_finite() {
                (low + high) / 2.0
            } else {
                bandwidth * 2.0
            };
        }
        let own_mean = distances.iter().sum::<f32>() / (distances.len() as f32 + 1.0);
        let least = LEAST_BANDWIDTH * if nearest > 0.0 { own_mean } else { mean };
        Self {
            nearest,
            bandwidth: bandwidth.max(least),
        }
    }

    fn membership(self, distance: f32) -> f32 {
        let beyond = distance - self.nearest;
        if beyond <= 0.0 || self.bandwidth == 0.0 {
            1.0
        } else {
            (-beyond / self.bandwidth).exp()
        }
    }
}

/// The edges by their other ends, by rising serial.
fn transposed(rows: &[Vec<(u32, f32)>]) -> Vec<Vec<(u32, f32)>> {
    let mut counts = vec![0; rows.len()];
    for edge in rows.iter().flatten() {
        counts[edge.0 as usize] += 1;
    }
    let mut back: Vec<Vec<(u32, f32)>> = counts.into_iter().map(Vec::with_capacity).collect();
    for (serial, row) in rows.iter().enumerate() {
        for &(other, weight) in row {
            back[other as usize].push((serial as u32, weight));
        }
    }
    back
}
