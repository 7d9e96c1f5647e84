//! Percentiles of times.

use serde::Serialize;
use std::time::Duration;

/// Milliseconds of something that was done often.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Spread {
    pub median: f64,
    /// 95 % take at most so long.
    pub p95: f64,
    /// 99 % take at most so long.
    pub p99: f64,
    /// How often it was done.
    pub runs: usize,
}

impl Spread {
    /// Percentiles by the nearest rank.
    pub fn of(times: &[Duration]) -> Self {
        let mut ms: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        ms.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let rank = ((ms.len() as f64 * share).ceil() as usize).clamp(1, ms.len().max(1));
            ms.get(rank - 1).copied().unwrap_or(f64::NAN)
        };
        Self {
            median: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            runs: ms.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let times: Vec<Duration> = (1..=100).rev().map(Duration::from_millis).collect();
        let spread = Spread::of(&times);
        assert_eq!(
            [spread.median, spread.p95, spread.p99],
            [50.0, 95.0, 99.0].map(|ms: f64| ms)
        );
        assert!(Spread::of(&[]).median.is_nan());
    }
}
