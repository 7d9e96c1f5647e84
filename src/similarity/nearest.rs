//! Exact nearest neighbours by looking at each pair of samples once, for both: roughly first, and where that does not rule it out by its distance.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::effort::{Cancelled, Effort};

use super::coarse::{Coarse, GROUP};
use super::{Features, squared_distance};

/// Samples of a block: two of them stay in a core's cache.
pub const BLOCK: usize = 384;

/// Blocks beside a sample's own in which near samples are looked for first.
const AROUND: usize = 3;

/// Nearest other samples with their distances, the nearest first.
pub type Places = Vec<(u32, f32)>;

/// All pairs of blocks of so many samples: the blocks by themselves first, after which few pairs are good enough to be kept.
pub fn all_pairs(samples: usize) -> Vec<(usize, usize)> {
    let blocks = samples.div_ceil(BLOCK);
    let pairs = (0..blocks).flat_map(|apart| (0..blocks - apart).map(move |block| (block, block + apart)));
    pairs.collect()
}

/// The `count` nearest of each sample among those of the pairs of blocks `tiles`, the earlier block first; of all others with
/// [`all_pairs`]. All features have to be finite.
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
    let coarse = Coarse::new(features);
    let places: Vec<Mutex<Candidates>> = (0..n)
        .step_by(BLOCK)
        .map(|from| Mutex::new(Candidates::new(&coarse, from..n.min(from + BLOCK), count)))
        .collect();
    let (done, all) = (AtomicU64::new(0), tiles.len() as u64);
    // After a sample's own surroundings few others are near enough to be kept.
    let (around, far) = tiles.split_at(tiles.partition_point(|(one, other)| other - one <= AROUND));
    for tiles in [around, far] {
        tiles
            .par_iter()
            .with_max_len(16)
            .try_for_each_init(Vec::new, |hits, &(one, other)| {
                // Of two blocks the earlier one is always taken first.
                let mut first = lock(&places[one]);
                if one == other {
                    first.keep_own(features, &coarse, hits);
                } else {
                    keep(features, &coarse, &mut first, &mut lock(&places[other]), hits);
                }
                effort.reached(done.fetch_add(1, Relaxed), all)
            })?;
    }
    let sorted: Vec<Vec<Places>> = places
        .into_par_iter()
        .map(|candidates| {
            candidates
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner)
                .sorted()
        })
        .collect();
    Ok(sorted.concat())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The best so far for each sample of a block.
struct Candidates {
    /// The block's first sample.
    from: usize,
    count: usize,
    /// What a nearness has to reach, see [`Coarse::bound`].
    bounds: Vec<i32>,
    /// `[samples, count]`: squared distances and serials, in no order but that the worst one comes first.
    kept: Vec<(f32, u32)>,
}

impl Candidates {
    fn new(coarse: &Coarse, samples: Range<usize>, count: usize) -> Self {
        Self {
            from: samples.start,
            count,
            bounds: vec![coarse.bound(f32::INFINITY); samples.len()],
            kept: vec![(f32::INFINITY, u32::MAX); samples.len() * count],
        }
    }

    /// Of equal ones the later serial goes first, so that the order in which they come makes no difference.
    #[inline(never)]
    fn offer(&mut self, coarse: &Coarse, serial: u32, squared: f32, other: u32) {
        let sample = serial as usize - self.from;
        let kept = &mut self.kept[sample * self.count..(sample + 1) * self.count];
        let worse = |a: (f32, u32), b: (f32, u32)| a.0 > b.0 || (a.0 == b.0 && a.1 > b.1);
        if !squared.is_finite() || !worse(kept[0], (squared, other)) {
            return;
        }
        kept[0] = (squared, other);
        let mut worst = 0;
        for (i, &candidate) in kept.iter().enumerate() {
            if worse(candidate, kept[worst]) {
                worst = i;
            }
        }
        kept.swap(0, worst);
        self.bounds[sample] = coarse.bound(kept[0].0.sqrt());
    }

    /// Those of the block itself.
    fn keep_own(&mut self, features: &Features, coarse: &Coarse, hits: &mut Vec<(u32, u32)>) {
        for row in (0..self.bounds.len()).step_by(GROUP) {
            let bounds = &self.bounds[row..self.bounds.len().min(row + GROUP)];
            coarse.hits((self.from + row, bounds), (self.from, &self.bounds), hits);
            for (one, other) in hits.drain(..).filter(|pair| pair.0 < pair.1) {
                let squared = squared_distance(features.row(one as usize), features.row(other as usize));
                self.offer(coarse, one, squared, other);
                self.offer(coarse, other, squared, one);
            }
        }
    }

    /// The nearest of each sample, the nearest first.
    fn sorted(self) -> Vec<Places> {
        let samples = self.kept.chunks_exact(self.count);
        samples
            .map(|kept| {
                let kept = kept.iter().filter(|candidate| candidate.1 != u32::MAX);
                let mut found: Places = kept.map(|&(squared, serial)| (serial, squared.sqrt())).collect();
                found.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                found
            })
            .collect()
    }
}

/// Those of a block among another's, and the other way round.
fn keep(
    features: &Features,
    coarse: &Coarse,
    first: &mut Candidates,
    second: &mut Candidates,
    hits: &mut Vec<(u32, u32)>,
) {
    for row in (0..first.bounds.len()).step_by(GROUP) {
        let bounds = &first.bounds[row..first.bounds.len().min(row + GROUP)];
        coarse.hits((first.from + row, bounds), (second.from, &second.bounds), hits);
        for (one, other) in hits.drain(..) {
            let squared = squared_distance(features.row(one as usize), features.row(other as usize));
            first.offer(coarse, one, squared, other);
            second.offer(coarse, other, squared, one);
        }
    }
}
