//! When more labels bring little: the predictions of successive models agree (Bloodgood & Vijay-Shanker 2009, "A method for
//! stopping active learning based on stabilizing predictions and the need for user-adjustable stopping").

use std::collections::{BTreeSet, VecDeque};

use crate::classes::ClassCount;

/// Labels from one comparison to the next.
pub const BATCH: usize = 10;
/// Comparisons that count, and the mean kappa from which they advise to stop.
pub const WINDOW: usize = 3;
pub const STABLE: f64 = 0.99;
/// Samples that are compared at most.
pub const COMPARED: usize = 10_000;

/// Share of the samples whose class is another one; 0 without samples. The slices are of equal length.
pub fn changed(before: &[Option<u8>], after: &[Option<u8>]) -> f64 {
    let differ = before.iter().zip(after).filter(|(a, b)| a != b).count();
    differ as f64 / before.len().max(1) as f64
}

/// Cohen's kappa of two predictions for the same samples, no class being a class of its own (Cohen 1960, "A coefficient of
/// agreement for nominal scales"); 1 where all agree, also where there is but one class, or no sample.
pub fn kappa(before: &[Option<u8>], after: &[Option<u8>]) -> f64 {
    let observed = 1.0 - changed(before, after);
    if observed == 1.0 {
        return 1.0;
    }
    let shares = |classes: &[Option<u8>]| {
        const NONE: usize = ClassCount::MOST.get();
        let mut shares = [0.0; NONE + 1];
        for class in classes {
            let class = class.map_or(NONE, usize::from);
            shares[class] += 1.0 / classes.len() as f64;
        }
        shares
    };
    let by_chance: f64 = shares(before).iter().zip(shares(after)).map(|(a, b)| a * b).sum();
    if by_chance < 1.0 {
        (observed - by_chance) / (1.0 - by_chance)
    } else {
        0.0
    }
}

/// What the last labels have changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Advice {
    /// It is known after so many more labels.
    Unknown {
        /// Labels until then.
        more: usize,
    },
    /// Share of the classes that the last labels have changed, and how many labels these were.
    GoOn {
        /// How many labels these were.
        labels: usize,
        /// The share, in 0..=1.
        changed: f64,
    },
    /// Little, but over few labels yet: it is known after so many more.
    Wait {
        /// Labels over all comparisons so far.
        labels: usize,
        /// Share of the classes that these have changed, in 0..=1.
        changed: f64,
        /// Labels until it is known.
        more: usize,
    },
    /// Hardly any.
    Enough {
        /// Labels over all comparisons that count.
        labels: usize,
        /// Share of the classes that these have changed, in 0..=1.
        changed: f64,
    },
}

/// Classes by so many labels.
#[derive(Clone, Debug)]
struct Snapshot {
    labels: usize,
    /// Of the samples that are compared.
    classes: Vec<Option<u8>>,
}

/// What was predicted after each batch of labels. What undoing or deleting takes back counts no more, and no less when it is
/// given again.
#[derive(Clone, Debug, Default)]
pub struct Stability {
    /// The newest last; one more than comparisons that count.
    snapshots: VecDeque<Snapshot>,
    /// Labels now.
    labels: usize,
}

impl Stability {
    /// Takes note of the classes of `samples` samples as they follow from so many labels. Begins anew where the number of
    /// samples is another one.
    pub fn follow(&mut self, labels: usize, samples: usize, class: impl Fn(u32) -> Option<u8>) {
        self.labels = labels;
        while self.snapshots.back().is_some_and(|last| last.labels > labels) {
            self.snapshots.pop_back();
        }
        if self
            .snapshots
            .back()
            .is_some_and(|last| labels < last.labels + BATCH)
        {
            return;
        }
        let classes: Vec<Option<u8>> = spread(samples).map(class).collect();
        self.snapshots
            .retain(|snapshot| snapshot.classes.len() == classes.len());
        self.snapshots.push_back(Snapshot { labels, classes });
        if self.snapshots.len() > WINDOW + 1 {
            self.snapshots.pop_front();
        }
    }

    /// What the last comparisons say of going on.
    pub fn advice(&self) -> Advice {
        let (Some(first), Some(last)) = (self.snapshots.front(), self.snapshots.back()) else {
            return Advice::Unknown { more: BATCH };
        };
        let left = (last.labels + BATCH).saturating_sub(self.labels).max(1);
        let mut before = self.snapshots.iter().rev().skip(1);
        let Some(one) = before.next() else {
            return Advice::Unknown { more: left };
        };
        let since = |earlier: &Snapshot| {
            (
                last.labels - earlier.labels,
                changed(&earlier.classes, &last.classes),
            )
        };
        let comparisons = self.snapshots.len() - 1;
        let kappas = self.snapshots.iter().zip(self.snapshots.iter().skip(1));
        let sum: f64 = kappas.map(|(a, b)| kappa(&a.classes, &b.classes)).sum();
        // As long as all are of one class nothing else can be predicted.
        let several = last.classes.iter().flatten().collect::<BTreeSet<_>>().len() > 1;
        let stable = several && sum / comparisons as f64 >= STABLE;
        if stable && comparisons == WINDOW {
            let (labels, changed) = since(first);
            Advice::Enough { labels, changed }
        } else if stable {
            let (labels, changed) = since(first);
            let more = left + (WINDOW - comparisons - 1) * BATCH;
            Advice::Wait {
                labels,
                changed,
                more,
            }
        } else {
            let (labels, changed) = since(one);
            Advice::GoOn { labels, changed }
        }
    }
}

/// Evenly spread samples, at most [`COMPARED`].
fn spread(samples: usize) -> impl Iterator<Item = u32> {
    let count = samples.min(COMPARED);
    (0..count).map(move |place| (place as u64 * samples as u64 / count as u64) as u32)
}

#[cfg(test)]
mod tests;
