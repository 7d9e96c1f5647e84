//! Which samples are trained on and which are held out for validation.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Serials of the two parts of the data set.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainValidation {
    /// Samples that are trained on, in random order.
    pub train: Vec<u32>,
    /// Samples that are held out, in random order.
    pub validation: Vec<u32>,
}

/// A seeded permutation of `0..n`, whose last `max(1, ⌊val_split · n⌋)` samples are validation; of a single sample
/// none is left to train on.
pub fn split(n: usize, val_split: f64, seed: u64) -> TrainValidation {
    let mut serials: Vec<u32> = (0..n as u32).collect();
    serials.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    let held_out = ((val_split * n as f64) as usize).max(1).min(n);
    let validation = serials.split_off(n - held_out);
    TrainValidation {
        train: serials,
        validation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_disjoint_and_complete() {
        let parts = split(60_000, 0.1, 42);
        assert_eq!(parts.validation.len(), 6_000);
        let mut all: Vec<u32> = parts.train.iter().chain(&parts.validation).copied().collect();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..60_000));
        assert_ne!(split(60_000, 0.1, 43), split(60_000, 0.1, 42));
    }

    #[test]
    fn at_least_one_sample_validates() {
        assert_eq!(split(5, 0.1, 1).validation.len(), 1);
        assert_eq!(split(1, 0.1, 1).validation.len(), 1);
        assert!(split(0, 0.1, 1).validation.is_empty());
    }
}
