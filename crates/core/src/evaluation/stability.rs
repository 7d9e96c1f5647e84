//! When more labels bring little: the predictions of successive models agree (Bloodgood & Vijay-Shanker 2009, "A method for
//! stopping active learning based on stabilizing predictions and the need for user-adjustable stopping").

use std::collections::{BTreeSet, VecDeque};

use crate::model::config::CLASSES;

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
        let mut shares = [0.0; CLASSES + 1];
        for class in classes {
            let class = class.map_or(CLASSES, |class| usize::from(class).min(CLASSES));
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
mod tests {
    use super::*;

    fn some(classes: &[u8]) -> Vec<Option<u8>> {
        classes.iter().map(|&class| Some(class)).collect()
    }

    #[test]
    fn kappa_is_cohens() {
        // sklearn.metrics.cohen_kappa_score([0, 0, 1, 1, 2, 2, 2, 1], [0, 1, 1, 1, 2, 2, 0, 1])
        let (a, b) = (some(&[0, 0, 1, 1, 2, 2, 2, 1]), some(&[0, 1, 1, 1, 2, 2, 0, 1]));
        assert!((kappa(&a, &b) - 0.619_047_6).abs() < 1e-6, "{}", kappa(&a, &b));
        assert_eq!(changed(&a, &b), 0.25);
        assert_eq!(kappa(&a, &a), 1.0);
    }

    #[test]
    fn it_is_one_where_all_agree_and_none_where_they_agree_by_chance_alone() {
        assert_eq!((kappa(&[], &[]), changed(&[], &[])), (1.0, 0.0));
        let (ones, none) = (some(&[1; 5]), vec![None; 5]);
        assert_eq!(kappa(&ones, &ones), 1.0);
        assert_eq!(kappa(&none, &none), 1.0);
        assert_eq!((kappa(&none, &ones), changed(&none, &ones)), (0.0, 1.0));
    }

    /// Of 1000 samples in two classes these are in the other one.
    fn classes(other: std::ops::Range<u32>) -> impl Fn(u32) -> Option<u8> {
        move |serial| Some((u32::from(other.contains(&serial)) + serial % 2) as u8)
    }

    #[test]
    fn it_advises_to_go_on_until_three_comparisons_agree() {
        let mut stability = Stability::default();
        assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
        stability.follow(4, 1000, classes(0..0));
        assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
        stability.follow(11, 1000, classes(0..500));
        assert_eq!(stability.advice(), Advice::Unknown { more: 3 });
        stability.follow(14, 1000, classes(0..100));
        let changed = 0.1;
        assert_eq!(stability.advice(), Advice::GoOn { labels: 10, changed });
        for (labels, expected) in [
            (
                24,
                Advice::GoOn {
                    labels: 10,
                    changed: 0.0,
                },
            ),
            (
                34,
                Advice::GoOn {
                    labels: 10,
                    changed: 0.001,
                },
            ),
            (
                44,
                Advice::Enough {
                    labels: 30,
                    changed: 0.001,
                },
            ),
        ] {
            stability.follow(labels, 1000, classes(0..100 - u32::from(labels > 30)));
            assert_eq!(stability.advice(), expected, "after {labels} labels");
        }
        stability.follow(54, 1000, classes(0..140));
        assert!(matches!(stability.advice(), Advice::GoOn { .. }));
    }

    #[test]
    fn little_change_over_few_labels_is_no_advice_to_stop() {
        let mut stability = Stability::default();
        for (labels, more) in [(0, 0), (10, 20), (20, 10)] {
            stability.follow(labels, 1000, classes(0..0));
            let changed = 0.0;
            let wait = Advice::Wait {
                labels,
                changed,
                more,
            };
            assert!(
                labels == 0 || stability.advice() == wait,
                "{:?}",
                stability.advice()
            );
        }
    }

    #[test]
    fn one_class_alone_is_no_advice_to_stop() {
        let mut stability = Stability::default();
        for labels in [1, 11, 21, 31, 41] {
            stability.follow(labels, 1000, |_| Some(3));
        }
        assert!(matches!(stability.advice(), Advice::GoOn { .. }));
    }

    #[test]
    fn labels_that_are_taken_back_and_given_again_are_no_progress() {
        let mut stability = Stability::default();
        for labels in [20, 30] {
            stability.follow(labels, 1000, classes(0..labels as u32));
        }
        let before = stability.advice();
        assert!(matches!(before, Advice::GoOn { labels: 10, .. }), "{before:?}");
        for _ in 0..5 {
            for labels in (25..30).rev().chain(25..=30) {
                stability.follow(labels, 1000, classes(0..labels as u32));
            }
        }
        assert_eq!(stability.advice(), before);
        stability.follow(3, 1000, classes(0..3));
        assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
    }

    #[test]
    fn many_samples_are_compared_by_some_of_all_regions() {
        let some: Vec<u32> = spread(60_000).collect();
        assert_eq!((some.len(), some[0], some[1], some[9999]), (10_000, 0, 6, 59_994));
        assert_eq!(spread(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(spread(0).count(), 0);
    }
}
