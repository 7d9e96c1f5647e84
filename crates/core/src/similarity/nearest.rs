//! Exact nearest neighbours by looking at each pair of samples once, for both: roughly first, and where that does not rule it out by its distance.

use std::ops::Range;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;

use crate::job::{Cancelled, Job};

use super::coarse::{Coarse, UNREACHED};
use super::features::{Features, squared_distance};
use super::products::{Each, GROUP};

/// Samples of a block: two of them stay in a core's cache.
pub const BLOCK: usize = 384;

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
    job: &Job,
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
    nearest_first(features, tiles)
        .into_iter()
        .par_bridge()
        .try_for_each_init(Vec::new, |hits, (one, other)| {
            // Of two blocks the earlier one is always taken first.
            let mut first = lock(&places[one]);
            if one == other {
                first.keep_own(features, &coarse, hits);
            } else {
                keep(features, &coarse, &mut first, &mut lock(&places[other]), hits);
            }
            job.reached(done.fetch_add(1, Relaxed), all)
        })?;
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

/// Pairs of blocks by the distance of their means, so that early on most samples are far from each other beside those that are
/// kept.
fn nearest_first(features: &Features, tiles: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let dim = features.dim();
    let means: Vec<Vec<f32>> = features
        .values()
        .par_chunks(BLOCK * dim)
        .map(|values| Features::new(values.to_vec(), dim).mean())
        .collect();
    let mut tiles: Vec<(f32, (usize, usize))> = tiles
        .par_iter()
        .map(|&(one, other)| (squared_distance(&means[one], &means[other]), (one, other)))
        .collect();
    tiles.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    tiles.into_iter().map(|tile| tile.1).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The best so far for each sample of a block.
struct Candidates {
    /// The block's first sample.
    from: usize,
    count: usize,
    samples: usize,
    /// What a nearness has to reach, see [`Coarse::bound`]; in whole groups.
    bounds: Vec<Each>,
    /// `[samples, count]`: each a [`place`], in no order but that the worst one comes first.
    kept: Vec<u64>,
}

/// A squared distance and a serial, to be compared as one number: of equal distances the later serial is the worse, so that the
/// order in which they come makes no difference.
fn place(squared: f32, serial: u32) -> u64 {
    u64::from(squared.to_bits()) << 32 | u64::from(serial)
}

const NOWHERE: u64 = (f32::INFINITY.to_bits() as u64) << 32;

impl Candidates {
    fn new(coarse: &Coarse, samples: Range<usize>, count: usize) -> Self {
        Self {
            from: samples.start,
            count,
            samples: samples.len(),
            bounds: vec![[coarse.bound(f32::INFINITY); GROUP]; samples.len().div_ceil(GROUP)],
            kept: vec![NOWHERE; samples.len() * count],
        }
    }

    /// May come more than once.
    #[inline]
    fn offer(&mut self, coarse: &Coarse, serial: u32, squared: f32, other: u32) {
        let (sample, offered) = (serial as usize - self.from, place(squared, other));
        // What is not a finite number is no less than nowhere.
        if offered < self.kept[sample * self.count] {
            self.keep(coarse, sample, offered);
        }
    }

    #[inline(never)]
    fn keep(&mut self, coarse: &Coarse, sample: usize, offered: u64) {
        let kept = &mut self.kept[sample * self.count..(sample + 1) * self.count];
        if kept.contains(&offered) {
            return;
        }
        kept[0] = offered;
        let (mut worst, mut most) = (0, 0);
        for (i, &candidate) in kept.iter().enumerate() {
            if candidate > most {
                (worst, most) = (i, candidate);
            }
        }
        kept.swap(0, worst);
        self.bounds[sample / GROUP][sample % GROUP] =
            coarse.bound(f32::from_bits((most >> 32) as u32).sqrt());
    }

    /// Those of the block itself.
    fn keep_own(&mut self, features: &Features, coarse: &Coarse, hits: &mut Vec<(u32, u32)>) {
        // Those that seem to be the nearest come first, after which few others are near enough. A sample itself is among them.
        let none = vec![[UNREACHED; GROUP]; self.bounds.len()];
        for row in (self.from..self.from + self.samples).step_by(GROUP) {
            let bounds = coarse.reached_by(self.count + 1, row, self.from..self.from + self.samples);
            coarse.hits((row, &bounds), (self.from, &none), hits);
            for (one, other) in hits.drain(..).filter(|pair| pair.0 != pair.1) {
                let squared = squared_distance(features.row(one as usize), features.row(other as usize));
                self.offer(coarse, one, squared, other);
            }
        }
        for group in 0..self.bounds.len() {
            let row = self.from + group * GROUP;
            coarse.hits((row, &self.bounds[group]), (self.from, &self.bounds), hits);
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
                let kept = kept.iter().filter(|&&candidate| candidate < NOWHERE);
                let squared = |candidate| f32::from_bits((candidate >> 32) as u32);
                let mut found: Places = kept
                    .map(|&candidate| (candidate as u32, squared(candidate).sqrt()))
                    .collect();
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
    for group in 0..first.bounds.len() {
        let row = first.from + group * GROUP;
        coarse.hits((row, &first.bounds[group]), (second.from, &second.bounds), hits);
        for (one, other) in hits.drain(..) {
            let squared = squared_distance(features.row(one as usize), features.row(other as usize));
            first.offer(coarse, one, squared, other);
            second.offer(coarse, other, squared, one);
        }
    }
}
