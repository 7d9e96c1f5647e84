//! How sure to be of a share that was counted on a few.

/// 97.5 % quantile of the standard normal distribution.
const QUANTILE: f64 = 1.959_963_984_540_054;

/// The 95 % score interval of a share of which `right` of `of` draws were right (Wilson 1927, "Probable inference, the law of
/// succession, and statistical inference"); all of 0..=1 without draws.
pub fn wilson(right: u32, of: u32) -> [f64; 2] {
    if of == 0 {
        return [0.0, 1.0];
    }
    let (n, z2) = (f64::from(of), QUANTILE * QUANTILE);
    let share = f64::from(right) / n;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = QUANTILE / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    [(middle - half).max(0.0), (middle + half).min(1.0)]
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn it_is_wilsons() {
        // statsmodels.stats.proportion.proportion_confint(45, 50, method="wilson")
        let [low, high] = wilson(45, 50);
        assert!(
            (low - 0.786_397_7).abs() < 1e-6 && (high - 0.956_524_2).abs() < 1e-6,
            "{low} {high}"
        );
        let [low, high] = wilson(50, 50);
        assert!(
            (low - 0.928_652_4).abs() < 1e-6 && (high - 1.0).abs() < 1e-12,
            "{low} {high}"
        );
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }

    #[test]
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn it_covers_the_truth_in_93_of_100_audits() {
        let mut random = ChaCha8Rng::seed_from_u64(20);
        for truth in [0.5, 0.8, 0.9, 0.95] {
            for draws in [50, 200] {
                const AUDITS: usize = 4000;
                let covered = (0..AUDITS).filter(|_| {
                    let right = (0..draws)
                        .filter(|_| random.random_range(0.0..1.0) < truth)
                        .count();
                    let [low, high] = wilson(right as u32, draws);
                    (low..=high).contains(&truth)
                });
                let covered = covered.count() as f64 / AUDITS as f64;
                assert!(covered >= 0.93, "{covered} of audits of {draws}, truth {truth}");
            }
        }
    }
}
