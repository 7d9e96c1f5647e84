//! Exact nearest neighbours by blocked products of matrices. Each pair of samples is looked at once, for both.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use pulp::Arch;
use rayon::prelude::*;

use crate::effort::{Cancelled, Effort};
use crate::product::{Matrix, multiply};

use super::{Features, squared_distance};

/// Samples of a block: a tile of two blocks' products stays in a core's cache.
pub const BLOCK: usize = 384;

/// Candidates that are kept beyond those that are asked for: products round, so the last ones are put in order by their
/// own distances.
const SPARE: usize = 5;

/// Numbers that are compared at once.
const LANES: usize = 16;

/// Nearest other samples with their distances, the nearest first.
pub type Places = Vec<(u32, f32)>;

/// All pairs of blocks of so many samples: the blocks by themselves first, after which few pairs are good enough to be kept.
pub fn all_pairs(samples: usize) -> Vec<(usize, usize)> {
    let blocks = samples.div_ceil(BLOCK);
    let pairs = (0..blocks).flat_map(|apart| (0..blocks - apart).map(move |block| (block, block + apart)));
    pairs.collect()
}

/// The `count` nearest of each sample among those of the pairs of blocks `tiles`, the earlier block first; of all others with
/// [`all_pairs`].
///
/// # Errors
/// If it is cancelled.
pub fn search(
    features: &Features,
    count: usize,
    tiles: &[(usize, usize)],
    effort: &Effort,
) -> Result<Vec<Places>, Cancelled> {
    let n = features.len();
    if count == 0 {
        return Ok(vec![Vec::new(); n]);
    }
    let blocks = n.div_ceil(BLOCK);
    let (left, right) = extended(features);
    let width = features.dim() + 2;
    let rows = |block: usize| block * BLOCK * width..n.min((block + 1) * BLOCK) * width;
    let places: Vec<Mutex<Candidates>> = (0..blocks)
        .map(|block| Mutex::new(Candidates::new(BLOCK.min(n - block * BLOCK), count + SPARE)))
        .collect();
    let done = AtomicU64::new(0);
    tiles
        .par_iter()
        .with_max_len(16)
        .try_for_each_init(Vec::new, |products, &(one, other)| {
            let (a, b) = (&left[rows(one)], &right[rows(other)]);
            products.resize(a.len() / width * (b.len() / width), 0.0);
            multiply(
                products,
                false,
                Matrix::new(a, width),
                Matrix::new(b, width).transposed(),
            );
            // Of two blocks the earlier one is always taken first.
            let mut first = lock(&places[one]);
            if one == other {
                Arch::new().dispatch(
                    #[inline(always)]
                    || first.keep_own(products, one * BLOCK),
                );
            } else {
                let mut second = lock(&places[other]);
                Arch::new().dispatch(
                    #[inline(always)]
                    || keep(products, (&mut first, one * BLOCK), (&mut second, other * BLOCK)),
                );
            }
            effort.reached(done.fetch_add(1, Relaxed), tiles.len() as u64)
        })?;
    let sorted: Vec<Vec<Places>> = places
        .into_par_iter()
        .enumerate()
        .map(|(block, candidates)| {
            let candidates = candidates.into_inner().unwrap_or_else(PoisonError::into_inner);
            candidates.sorted(features, block * BLOCK, count)
        })
        .collect();
    Ok(sorted.concat())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Rows `[x, −½‖x‖², 1]` and `[y, 1, −½‖y‖²]`, whose product is −½ times the squared distance. It is −∞ for every pair with a
/// row that is not finite.
fn extended(features: &Features) -> (Vec<f32>, Vec<f32>) {
    let width = features.dim() + 2;
    let (mut left, mut right) = (Vec::new(), Vec::new());
    left.reserve(features.len() * width);
    right.reserve(features.len() * width);
    // Small norms round less.
    let mean = features.mean();
    for serial in 0..features.len() {
        let finite = features.is_finite(serial);
        let row = features.row(serial).iter().zip(&mean);
        let row = row.map(|(value, mean)| if finite { value - mean } else { 0.0 });
        let from = left.len();
        left.extend(row);
        right.extend_from_slice(&left[from..]);
        let norm: f32 = left[from..].iter().map(|value| value * value).sum();
        let half = if finite { -0.5 * norm } else { f32::NEG_INFINITY };
        left.extend([half, 1.0]);
        right.extend([1.0, half]);
    }
    (left, right)
}

/// The best so far for each sample of a block: the largest products.
struct Candidates {
    count: usize,
    /// The least product that is kept for a sample; −∞ while there is room.
    least: Vec<f32>,
    /// `[samples, count]`, in no order but that the worst one comes first.
    kept: Vec<(f32, u32)>,
}

impl Candidates {
    fn new(samples: usize, count: usize) -> Self {
        Self {
            count,
            least: vec![f32::NEG_INFINITY; samples],
            kept: vec![(f32::NEG_INFINITY, u32::MAX); samples * count],
        }
    }

    /// Of equal ones the later serial goes first, so that the order in which they come makes no difference.
    #[inline(never)]
    fn offer(&mut self, sample: usize, product: f32, serial: u32) {
        let kept = &mut self.kept[sample * self.count..(sample + 1) * self.count];
        let worse = |a: (f32, u32), b: (f32, u32)| a.0 < b.0 || (a.0 == b.0 && a.1 > b.1);
        if product == f32::NEG_INFINITY || !worse(kept[0], (product, serial)) {
            return;
        }
        kept[0] = (product, serial);
        let mut worst = 0;
        for (i, &candidate) in kept.iter().enumerate() {
            if worse(candidate, kept[worst]) {
                worst = i;
            }
        }
        kept.swap(0, worst);
        self.least[sample] = kept[0].0;
    }

    /// The products of a block with itself, whose first sample is `from`.
    #[inline(always)]
    fn keep_own(&mut self, products: &[f32], from: usize) {
        let samples = self.least.len();
        for (row, products) in products.chunks_exact(samples).enumerate() {
            for (column, &product) in products.iter().enumerate() {
                if product >= self.least[row] && column != row {
                    self.offer(row, product, (from + column) as u32);
                }
            }
        }
    }

    /// The `count` nearest of each sample by their own distances.
    fn sorted(&self, features: &Features, from: usize, count: usize) -> Vec<Places> {
        let samples = self.kept.chunks_exact(self.count).enumerate();
        samples
            .map(|(sample, kept)| {
                let own = features.row(from + sample);
                let kept = kept.iter().filter(|candidate| candidate.1 != u32::MAX);
                let distances = kept.map(|&(_, serial)| {
                    let other = features.row(serial as usize);
                    (serial, squared_distance(own, other).sqrt())
                });
                let mut found: Vec<(u32, f32)> = distances.collect();
                found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                found.truncate(count);
                found
            })
            .collect()
    }
}

/// The products of two blocks, `[samples of the first, samples of the second]`, each with its first serial.
#[inline(always)]
fn keep(products: &[f32], first: (&mut Candidates, usize), second: (&mut Candidates, usize)) {
    let (first, first_from) = first;
    let (second, second_from) = second;
    let columns = second.least.len();
    for (row, products) in products.chunks_exact(columns).enumerate() {
        let mut from = 0;
        while from < columns {
            let to = columns.min(from + LANES);
            let least = first.least[row];
            let mut any = false;
            for (&product, &other) in products[from..to].iter().zip(&second.least[from..to]) {
                any |= product >= other.min(least);
            }
            if any {
                for (column, &product) in (from..to).zip(&products[from..to]) {
                    if product >= first.least[row] {
                        first.offer(row, product, (second_from + column) as u32);
                    }
                    if product >= second.least[column] {
                        second.offer(column, product, (first_from + row) as u32);
                    }
                }
            }
            from = to;
        }
    }
}
