//! Which sample to label next: the orders in which samples are gone through, under a filter.

use serde::{Deserialize, Serialize};

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// Least confidence (Lewis & Gale 1994): the unlabelled samples whose predicted class is least certain.
    #[default]
    ToLabel,
    /// All samples, the least certain first.
    LeastCertain,
    /// All samples, the most certain first.
    MostCertain,
    /// By position in the data set.
    Serial,
}

impl Order {
    /// All, as they are offered.
    pub const ALL: [Self; 4] = [Self::ToLabel, Self::LeastCertain, Self::MostCertain, Self::Serial];

    /// Place of a sample in the order, `None` where it is not in it.
    fn rank(self, certainty: f32, labelled: bool) -> Option<f32> {
        Some(match self {
            Self::ToLabel if labelled || certainty.is_nan() => return None,
            Self::Serial => 0.0,
            _ if certainty.is_nan() => f32::INFINITY,
            Self::ToLabel | Self::LeastCertain => certainty,
            Self::MostCertain => -certainty,
        })
    }
}

/// Place in a queue: samples that were put off come behind all others, in their own order.
type Key = (Option<u32>, Rank, u32);

/// A number in 0..1 that looks random, always the same for a serial: the finalizer of MurmurHash3.
fn scattered(serial: u32) -> f32 {
    let mut hash = serial ^ 0x9e37_79b9;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    (hash ^ hash >> 16) as f32 / u32::MAX as f32
}

/// A certainty in the order of numbers.
#[derive(Clone, Copy, PartialEq)]
struct Rank(f32);

impl Eq for Rank {}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The samples that are gone through: one entry per sample in both slices, and whether it is looked at at all.
pub struct Queue<'a> {
    pub order: Order,
    /// Probability of the predicted class.
    pub certainty: &'a [f32],
    pub labels: &'a [Option<u8>],
    /// Whether the model has learnt nothing yet. What is to be labelled then comes in a random order, because its
    /// certainty says nothing and random samples cover the data.
    pub fresh: bool,
    /// Place among the samples that were put off, for those that were.
    pub skipped: &'a dyn Fn(u32) -> Option<u32>,
    pub shown: &'a dyn Fn(u32) -> bool,
}

impl Queue<'_> {
    fn key(&self, serial: u32, labelled: bool) -> Option<Key> {
        let certainty = *self.certainty.get(serial as usize)?;
        let rank = self.order.rank(certainty, labelled)?;
        Some(match self.order {
            Order::ToLabel if self.fresh => ((self.skipped)(serial), Rank(scattered(serial)), serial),
            Order::ToLabel => ((self.skipped)(serial), Rank(rank), serial),
            _ => (None, Rank(rank), serial),
        })
    }

    fn members(&self) -> impl Iterator<Item = Key> {
        (0..self.certainty.len() as u32).filter_map(|serial| {
            let labelled = self.labels.get(serial as usize)?.is_some();
            self.key(serial, labelled).filter(|_| (self.shown)(serial))
        })
    }

    /// Where `serial` stands or would stand, had it no label.
    fn place(&self, serial: u32) -> Option<Key> {
        self.key(serial, false)
    }

    /// The sample after this one, the first one without any and after the last.
    pub fn next(&self, serial: Option<u32>) -> Option<u32> {
        let after = serial.and_then(|serial| self.place(serial));
        let next = after.and_then(|after| self.members().filter(|key| *key > after).min());
        next.or_else(|| self.members().min()).map(|key| key.2)
    }

    /// The first `count` of them.
    pub fn first(&self, count: usize) -> Vec<u32> {
        let mut least = std::collections::BinaryHeap::with_capacity(count + 1);
        for key in self.members() {
            if least.len() < count || least.peek().is_some_and(|greatest| key < *greatest) {
                least.push(key);
                if least.len() > count {
                    least.pop();
                }
            }
        }
        least.into_sorted_vec().into_iter().map(|key| key.2).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTAINTY: [f32; 6] = [0.9, 0.2, 0.3, f32::NAN, 0.2, 0.5];

    fn queue<'a>(order: Order, labels: &'a [Option<u8>], shown: &'a dyn Fn(u32) -> bool) -> Queue<'a> {
        Queue {
            order,
            certainty: &CERTAINTY,
            labels,
            fresh: false,
            skipped: &|_| None,
            shown,
        }
    }

    fn walk(order: Order, labels: &[Option<u8>; 6], hidden: u32) -> Vec<u32> {
        let shown = |serial: u32| serial != hidden;
        let queue = queue(order, labels, &shown);
        let mut seen = Vec::new();
        let mut at = queue.next(None);
        while let Some(serial) = at.filter(|serial| seen.first() != Some(serial)) {
            seen.push(serial);
            at = queue.next(at);
        }
        assert_eq!(queue.first(3), seen[..seen.len().min(3)]);
        seen
    }

    #[test]
    fn every_member_is_passed_once() {
        let mut labels = [None; 6];
        labels[2] = Some(4);
        for (order, expected) in [
            (Order::ToLabel, vec![1, 4, 5]),
            (Order::LeastCertain, vec![1, 4, 2, 5, 3]),
            (Order::Serial, vec![1, 2, 3, 4, 5]),
        ] {
            assert_eq!(walk(order, &labels, 0), expected);
        }
        assert_eq!(walk(Order::MostCertain, &labels, 9), [0, 5, 2, 1, 4, 3]);
        assert!(walk(Order::ToLabel, &[Some(1); 6], 9).is_empty());
    }

    #[test]
    fn a_sample_that_has_just_been_labelled_keeps_its_place() {
        let mut labels = [None; 6];
        labels[1] = Some(4);
        assert_eq!(queue(Order::ToLabel, &labels, &|_| true).next(Some(1)), Some(4));
    }

    #[test]
    fn what_was_put_off_comes_last_in_its_own_order() {
        let skipped = |serial: u32| {
            [(1, 7), (4, 3)]
                .into_iter()
                .find(|(other, _)| *other == serial)
                .map(|it| it.1)
        };
        let queue = Queue {
            skipped: &skipped,
            ..queue(Order::ToLabel, &[None; 6], &|_| true)
        };
        assert_eq!(queue.first(6), [2, 5, 0, 4, 1]);
        let all = Queue {
            order: Order::LeastCertain,
            ..queue
        };
        assert_eq!(all.first(2), [1, 4], "only what is to be labelled can be put off");
    }

    #[test]
    fn a_fresh_model_has_all_parts_of_the_data_asked_for() {
        let count = 60_000;
        let (certainty, labels) = (vec![0.1; count], vec![None; count]);
        let queue = Queue {
            certainty: &certainty,
            labels: &labels,
            fresh: true,
            ..queue(Order::ToLabel, &[], &|_| true)
        };
        let mut tenths = [0; 10];
        for serial in queue.first(500) {
            tenths[serial as usize * 10 / count] += 1;
        }
        assert!(
            tenths.iter().all(|&count| (25..=75).contains(&count)),
            "{tenths:?}"
        );
    }
}
