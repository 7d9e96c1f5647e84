//! Nearest neighbours of a sample, by latents and by pixels.

use std::collections::BinaryHeap;

use rayon::prelude::*;

use crate::dataset::Dataset;

/// Rows that one task looks through, and pixels whose squared differences a u32 can hold together.
const PART: usize = 4096;

/// The `k` rows of `latents` (row-major `[n, dim]`) nearest to row `serial` by Euclidean distance, the nearest first, equal
/// ones by rising serial, `serial` itself left out. Rows that are not finite are nobody's neighbours.
pub fn by_latent(latents: &[f32], dim: usize, serial: u32, k: usize) -> Vec<u32> {
    let Some(own) = latents.chunks_exact(dim.max(1)).nth(serial as usize) else {
        return Vec::new();
    };
    let n = latents.len() / dim.max(1);
    nearest(n, serial, k, |other| {
        let row = &latents[other * dim..(other + 1) * dim];
        let squares = row.iter().zip(own).map(|(a, b)| (a - b) * (a - b));
        squares.sum::<f32>()
    })
}

/// The `k` samples whose images are nearest to that of `serial` by the Euclidean distance of their pixels, in the same
/// order.
pub fn by_pixels(dataset: &Dataset, serial: u32, k: usize) -> Vec<u32> {
    let Some(own) = dataset.image(serial) else {
        return Vec::new();
    };
    nearest(dataset.len(), serial, k, |other| {
        let Some(image) = dataset.image(other as u32) else {
            return f32::NAN;
        };
        // Parts of an image whose sum of squares fits.
        let parts = image.chunks(PART).zip(own.chunks(PART));
        parts.map(|(a, b)| squares(a, b) as f32).sum()
    })
}

fn squares(a: &[u8], b: &[u8]) -> u32 {
    let differences = a.iter().zip(b).map(|(&a, &b)| u32::from(a.abs_diff(b)));
    differences.map(|difference| difference * difference).sum()
}

/// A candidate, the farthest of which is the greatest.
#[derive(PartialEq)]
struct Candidate(f32, u32);

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

fn nearest(n: usize, serial: u32, k: usize, distance: impl Fn(usize) -> f32 + Sync) -> Vec<u32> {
    let keep = |mut heap: BinaryHeap<Candidate>, candidate: Candidate| {
        if heap.len() < k {
            heap.push(candidate);
        } else if heap.peek().is_some_and(|farthest| candidate < *farthest) {
            heap.pop();
            heap.push(candidate);
        }
        heap
    };
    let best = (0..n.div_ceil(PART))
        .into_par_iter()
        .map(|part| {
            let serials = part * PART..((part + 1) * PART).min(n);
            serials
                .filter(|&other| other != serial as usize)
                .map(|other| Candidate(distance(other), other as u32))
                .filter(|candidate| candidate.0.is_finite())
                .fold(BinaryHeap::with_capacity(k + 1), keep)
        })
        .reduce(BinaryHeap::new, |one, other| other.into_iter().fold(one, keep));
    best.into_sorted_vec()
        .into_iter()
        .map(|candidate| candidate.1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_those_of_a_sorted_list(
            rows in prop::collection::vec([-4_i8..4, -4..4], 1..200), pick in any::<prop::sample::Index>(), k in 0_usize..9,
        ) {
            let latents: Vec<f32> = rows.iter().flatten().map(|&x| if x == 3 { f32::NAN } else { f32::from(x) }).collect();
            let serial = pick.index(rows.len());
            let distance = |other: usize| -> f32 {
                (0..2).map(|axis| (latents[other * 2 + axis] - latents[serial * 2 + axis]).powi(2)).sum()
            };
            let mut expected: Vec<usize> =
                (0..rows.len()).filter(|&other| other != serial && distance(other).is_finite()).collect();
            expected.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)).then(a.cmp(&b)));
            expected.truncate(k);
            let found = by_latent(&latents, 2, serial as u32, k);
            prop_assert_eq!(found, expected.iter().map(|&serial| serial as u32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_serial_outside_the_data_has_none() {
        assert!(by_latent(&[0.0; 8], 2, 4, 3).is_empty());
    }
}
