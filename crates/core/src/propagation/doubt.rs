//! Which labels are likely to be wrong.

use std::cmp::Ordering;

use super::propagated::LeftOut;

/// A label, and what the others say in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubt {
    /// The labelled sample.
    pub serial: u32,
    /// The user's label.
    pub label: u8,
    /// Probability of the label by all other labels.
    pub probability: f32,
    /// The class that they find the most probable.
    pub suggestion: u8,
    /// Probability of that class, in 0..=1.
    pub suggested: f32,
}

impl Doubt {
    /// Whether the other labels speak for another class.
    pub fn is_serious(&self) -> bool {
        self.suggestion != self.label
    }
}

/// All labels of which the others say something, the most doubtful first: by the probability of the label where it is left
/// out itself. That ranks by self-confidence, as confident learning does (Northcutt, Jiang & Chuang 2021), with the
/// propagation as the model that has not seen the label.
pub fn doubts(left_out: &[LeftOut]) -> Vec<Doubt> {
    let mut doubts: Vec<Doubt> = left_out.iter().filter_map(doubt).collect();
    doubts.sort_unstable_by(|a, b| {
        let by = |value: fn(&Doubt) -> f32| value(a).total_cmp(&value(b));
        let ties = by(|doubt| -doubt.suggested).then(a.serial.cmp(&b.serial));
        by(|doubt| doubt.probability).then(ties)
    });
    doubts
}

fn doubt(left_out: &LeftOut) -> Option<Doubt> {
    let (suggestion, suggested) = left_out
        .shares
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.total_cmp(b.1).then(Ordering::Greater))?;
    (*suggested > 0.0).then(|| Doubt {
        serial: left_out.serial,
        label: left_out.class,
        probability: left_out.shares[usize::from(left_out.class)],
        suggestion: suggestion as u8,
        suggested: *suggested,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_out(serial: u32, class: u8, some: &[(usize, f32)]) -> LeftOut {
        let mut shares = vec![0.0; 10];
        some.iter().for_each(|&(class, share)| shares[class] = share);
        LeftOut {
            serial,
            class,
            shares,
        }
    }

    #[test]
    fn the_least_probable_label_comes_first() {
        let found = doubts(&[
            left_out(1, 3, &[(3, 0.9), (4, 0.1)]),
            left_out(2, 3, &[(3, 0.1), (5, 0.9)]),
            left_out(3, 3, &[]),
            left_out(4, 6, &[(2, 0.6), (3, 0.4)]),
            left_out(5, 6, &[(2, 1.0)]),
        ]);
        let order: Vec<(u32, u8, bool)> = found
            .iter()
            .map(|doubt| (doubt.serial, doubt.suggestion, doubt.is_serious()))
            .collect();
        assert_eq!(order, [(5, 2, true), (4, 2, true), (2, 5, true), (1, 3, false)]);
    }
}
