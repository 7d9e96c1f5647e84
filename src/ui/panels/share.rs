//! Accuracies with their confidence intervals.

use ssvae_core::evaluation::Evaluation;
use ssvae_core::format::{grouped, percent, plural};

/// Decimals of a share and of the bounds of its interval: as many as the number of samples supports.
fn decimals(samples: u32) -> [usize; 2] {
    if samples < 1000 { [0, 0] } else { [2, 1] }
}

fn bounds(evaluation: &Evaluation) -> [String; 2] {
    let [_, decimals] = decimals(evaluation.samples());
    evaluation
        .interval()
        .map(|bound| format!("{:.decimals$}", 100.0 * bound))
}

/// Accuracy with its 95 % interval: `96.02 % (95.6 to 96.4)`.
pub fn accuracy(evaluation: &Evaluation) -> String {
    let Some(share) = evaluation.accuracy() else {
        return "n/a".into();
    };
    let [decimals, _] = decimals(evaluation.samples());
    let [low, high] = bounds(evaluation);
    format!("{} ({low} to {high})", percent(share, decimals))
}

/// The same with the number of images: `94 % right (83 to 98 %, 50 images)`.
pub fn right(evaluation: &Evaluation) -> String {
    let Some(share) = evaluation.accuracy() else {
        return "n/a".into();
    };
    let samples = evaluation.samples() as usize;
    let [decimals, _] = decimals(evaluation.samples());
    let [low, high] = bounds(evaluation);
    let images = plural(samples, "image");
    format!(
        "{} right ({low} to {high} %, {} {images})",
        percent(share, decimals),
        grouped(samples)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::classes::ClassCount;

    #[test]
    fn shares_have_their_intervals() {
        let of = |right: usize, all: usize| {
            Evaluation::of(
                ClassCount::default(),
                (0..all).map(|place| (1, Some(1 + u8::from(place >= right)), 0.9)),
            )
        };
        assert_eq!(right(&of(47, 50)), "94 % right (84 to 98 %, 50 images)");
        assert_eq!(accuracy(&of(9602, 10_000)), "96.02 % (95.6 to 96.4)");
        assert_eq!(right(&of(1, 1)), "100 % right (21 to 100 %, 1 image)");
        assert_eq!(accuracy(&of(0, 0)), "n/a");
    }
}
