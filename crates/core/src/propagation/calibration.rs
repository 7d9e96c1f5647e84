//! How sure to be: the power of the propagated values that makes probabilities of them.

/// A labelled sample, and the values of the classes there without its own label.
#[derive(Clone, Debug)]
pub struct Held {
    pub values: Vec<f32>,
    pub class: u8,
}

/// The power where few labels are left out, how many of them it counts for, and the range that it is looked for in.
const USUAL: f64 = 3.0;
const WORTH: f64 = 4.0;
const RANGE: (f64, f64) = (0.25, 16.0);

/// A class that none of the others' labels suggests has this probability.
const LEAST: f64 = 1e-4;

/// The power β by which the probabilities `values^β / Σ values^β` make the classes of the held-out samples most likely: a
/// temperature 1 / β on the logarithms (Guo et al. 2017, "On calibration of modern neural networks"), here by leaving one
/// label out. A prior around its usual value decides where there are few.
pub fn exponent(held: &[Held]) -> f32 {
    let cost = |log: f64| {
        let beta = log.exp();
        let loss: f64 = held.iter().map(|held| held.loss(beta)).sum();
        loss + 0.5 * WORTH * (log - USUAL.ln()).powi(2)
    };
    // Golden-section search: the cost has one minimum in nearly all cases, and any is good.
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (RANGE.0.ln(), RANGE.1.ln());
    for _ in 0..30 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if cost(left) < cost(right) {
            high = right;
        } else {
            low = left;
        }
    }
    ((low + high) / 2.0).exp() as f32
}

impl Held {
    /// The values as probabilities, with this power; all 0 where nothing reaches it.
    pub fn shares(&self, exponent: f32) -> Vec<f32> {
        let largest = self.values.iter().copied().fold(0.0, f32::max);
        if largest <= 0.0 {
            return vec![0.0; self.values.len()];
        }
        let power = |value: &f32| (value / largest).powf(exponent);
        let mut shares: Vec<f32> = self.values.iter().map(power).collect();
        let sum: f32 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        shares
    }

    /// Minus the logarithm of the class's probability.
    fn loss(&self, beta: f64) -> f64 {
        let largest = self.values.iter().copied().fold(0.0, f32::max);
        if largest <= 0.0 {
            // Nothing reaches it: no power says anything else.
            return 0.0;
        }
        let power = |value: f32| f64::from(value / largest).powf(beta);
        let sum: f64 = self
            .values
            .iter()
            .filter(|&&value| value > 0.0)
            .map(|&value| power(value))
            .sum();
        let own = self.values[usize::from(self.class)];
        let share = if own > 0.0 { power(own) / sum } else { 0.0 };
        -(LEAST + (1.0 - LEAST) * share).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(right: f32, wrong: f32, class: u8) -> Held {
        let values = vec![right, wrong, 0.0];
        Held { values, class }
    }

    #[test]
    fn it_makes_the_shares_come_true() {
        // Twice as large a value, and right in 8 of 10 cases: 2^β / (2^β + 1) = 0.8 for β = 2.
        let many: Vec<Held> = (0..1000).map(|i| held(0.2, 0.1, u8::from(i % 5 == 0))).collect();
        assert!((exponent(&many) - 2.0).abs() < 0.05, "{}", exponent(&many));
    }

    #[test]
    fn without_evidence_it_is_the_usual_one() {
        assert!((exponent(&[]) - USUAL as f32).abs() < 1e-3);
        assert!((exponent(&[held(0.0, 0.0, 1)]) - USUAL as f32).abs() < 1e-3);
        let two = exponent(&[held(0.2, 0.1, 0), held(0.2, 0.1, 0)]);
        assert!(two > USUAL as f32 && two < 5.0, "{two}");
    }

    #[test]
    fn it_stays_within_its_range() {
        let right: Vec<Held> = (0..9999).map(|_| held(0.2, 0.1, 0)).collect();
        let wrong: Vec<Held> = (0..9999).map(|_| held(0.2, 0.1, 1)).collect();
        assert!(exponent(&right) <= 16.0 && exponent(&wrong) >= 0.25);
    }
}
