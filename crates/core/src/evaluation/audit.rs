//! An audit: labels of randomly drawn samples, which nothing learns from, against what is predicted for these samples. It
//! tells the accuracy on the samples from which it was drawn, those without a label, where the data set has no truth.

use crate::labels::Labels;

use super::confusion::Evaluation;

/// Samples of one audit.
pub const DRAWN: usize = 50;

/// Draws `count` of the eligible samples, or all of fewer: those that come first in a random order of all samples, which
/// `seed` fixes, in that order. So an audit that was ended in front of a difficult sample goes on with it the next time, and
/// nobody can draw until the samples are easy.
pub fn draw(eligible: impl Iterator<Item = u32>, count: usize, seed: u64) -> Vec<u32> {
    let mut drawn: Vec<(u64, u32)> = eligible.map(|serial| (place(serial, seed), serial)).collect();
    if count < drawn.len() {
        drawn.select_nth_unstable(count);
        drawn.truncate(count);
    }
    drawn.sort_unstable();
    drawn.into_iter().map(|pair| pair.1).collect()
}

/// Place in the random order: SplitMix64 (Steele et al. 2014, "Fast splittable pseudorandom number generators"), far from what
/// the queue's random order is made of.
fn place(serial: u32, seed: u64) -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |mut bits: u64| {
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    };
    mix(mix(seed.wrapping_add(STEP)).wrapping_add(u64::from(serial).wrapping_mul(STEP)))
}

/// Counts predictions against the labels of the audit. `taught`: whether a sample has a label that is learnt from (another
/// program may have written one), which leaves it out; `predicted`: its class and the probability of that.
pub fn audit(
    labels: &Labels,
    taught: impl Fn(u32) -> bool,
    predicted: impl Fn(u32) -> (Option<u8>, f32),
) -> Evaluation {
    let held_out = labels.iter().filter(|&(serial, _)| !taught(serial));
    let samples = held_out.map(|(serial, label)| {
        let (class, certainty) = predicted(serial);
        (label, class, certainty)
    });
    Evaluation::of(labels.classes(), samples)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::classes::ClassCount;

    #[test]
    fn it_draws_each_sample_once_and_goes_on_where_it_was_ended() {
        let drawn = draw(0..1000, 50, 7);
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), 50);
        assert!(drawn.iter().all(|&serial| serial < 1000));
        assert_ne!(drawn, draw(0..1000, 50, 8));
        let rest = draw((0..1000).filter(|serial| !drawn[..12].contains(serial)), 50, 7);
        assert_eq!(rest[..38], drawn[12..]);
        assert_eq!(draw(0..3, 50, 7).len(), 3);
        assert!(draw(0..0, 50, 7).is_empty());
    }

    #[test]
    fn every_sample_is_as_likely_to_be_drawn() {
        let (mut times, audits) = ([0_u32; 40], 4000);
        for seed in 0..audits {
            draw(0..40, 10, seed)
                .into_iter()
                .for_each(|serial| times[serial as usize] += 1);
        }
        // A quarter of the audits, give or take five standard deviations.
        assert!(
            times.iter().all(|&times| (863..=1137).contains(&times)),
            "{times:?}"
        );
    }

    #[test]
    fn it_counts_what_is_predicted_but_not_where_the_label_is_learnt() {
        let mut labels = Labels::new(6, ClassCount::default());
        for (serial, label) in [(1, 3), (2, 3), (4, 5), (5, 5)] {
            labels.set(serial, Some(label));
        }
        let predicted = |serial| [(Some(3), 0.9), (None, 0.0)][usize::from(serial == 5)];
        let found = audit(&labels, |serial| serial == 2, predicted);
        assert_eq!((found.samples(), found.right()), (3, 1));
        assert_eq!((found.matrix[5][3], found.without[5]), (1, 1));
    }

    #[test]
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn its_interval_covers_the_accuracy_in_93_of_100_audits() {
        const SAMPLES: u32 = 5000;
        const AUDITS: u64 = 2000;
        let mut random = ChaCha8Rng::seed_from_u64(21);
        for aim in [0.5, 0.8, 0.9, 0.95] {
            // What is labelled is not drawn, and is no part of what the audit tells of.
            let labelled = |serial: u32| serial.is_multiple_of(9);
            let truth: Vec<u8> = (0..SAMPLES).map(|_| random.random_range(0..10)).collect();
            let predicted: Vec<u8> = truth
                .iter()
                .map(|&class| {
                    let right = random.random_range(0.0..1.0) < aim;
                    if right { class } else { (class + 1) % 10 }
                })
                .collect();
            let unlabelled: Vec<u32> = (0..SAMPLES).filter(|&serial| !labelled(serial)).collect();
            let same = |&&serial: &&u32| truth[serial as usize] == predicted[serial as usize];
            let accuracy = unlabelled.iter().filter(same).count() as f64 / unlabelled.len() as f64;
            let covered = (0..AUDITS).filter(|&seed| {
                let mut labels = Labels::new(SAMPLES as usize, ClassCount::default());
                for serial in draw(unlabelled.iter().copied(), DRAWN, seed) {
                    labels.set(serial, Some(truth[serial as usize]));
                }
                let found = audit(&labels, labelled, |serial| {
                    (Some(predicted[serial as usize]), 0.9)
                });
                let [low, high] = found.interval();
                assert_eq!(found.samples() as usize, DRAWN);
                (low..=high).contains(&accuracy)
            });
            let covered = covered.count() as f64 / AUDITS as f64;
            assert!(covered >= 0.93, "{covered} of the audits, accuracy {accuracy}");
        }
    }
}
