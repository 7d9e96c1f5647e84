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
    fn key(self, serial: u32, certainty: f32, labelled: bool) -> Option<(Rank, u32)> {
        let rank = match self {
            Self::ToLabel if labelled || certainty.is_nan() => return None,
            Self::Serial => 0.0,
            _ if certainty.is_nan() => f32::INFINITY,
            Self::ToLabel | Self::LeastCertain => certainty,
            Self::MostCertain => -certainty,
        };
        Some((Rank(rank), serial))
    }
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
    pub shown: &'a dyn Fn(u32) -> bool,
}

impl Queue<'_> {
    fn key(&self, serial: u32) -> Option<(Rank, u32)> {
        let certainty = *self.certainty.get(serial as usize)?;
        let labelled = self.labels.get(serial as usize)?.is_some();
        self.order.key(serial, certainty, labelled)
    }

    fn members(&self) -> impl Iterator<Item = (Rank, u32)> {
        (0..self.certainty.len() as u32)
            .filter_map(|serial| self.key(serial).filter(|_| (self.shown)(serial)))
    }

    /// Where `serial` stands or would stand, had it no label.
    fn place(&self, serial: u32) -> Option<(Rank, u32)> {
        let certainty = *self.certainty.get(serial as usize)?;
        self.order.key(serial, certainty, false)
    }

    /// The sample after this one, the first one without any and after the last.
    pub fn next(&self, serial: Option<u32>) -> Option<u32> {
        let after = serial.and_then(|serial| self.place(serial));
        let next = after.and_then(|after| self.members().filter(|key| *key > after).min());
        next.or_else(|| self.members().min()).map(|key| key.1)
    }

    /// The sample before this one, the last one without any and before the first.
    pub fn previous(&self, serial: Option<u32>) -> Option<u32> {
        let before = serial.and_then(|serial| self.place(serial));
        let previous = before.and_then(|before| self.members().filter(|key| *key < before).max());
        previous.or_else(|| self.members().max()).map(|key| key.1)
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
        least.into_sorted_vec().into_iter().map(|key| key.1).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTAINTY: [f32; 6] = [0.9, 0.2, 0.3, f32::NAN, 0.2, 0.5];

    fn walk(order: Order, labels: &[Option<u8>; 6], hidden: u32, forwards: bool) -> Vec<u32> {
        let shown = |serial: u32| serial != hidden;
        let queue = Queue {
            order,
            certainty: &CERTAINTY,
            labels,
            shown: &shown,
        };
        let mut at = None;
        let mut seen = Vec::new();
        loop {
            at = if forwards {
                queue.next(at)
            } else {
                queue.previous(at)
            };
            match at {
                Some(serial) if seen.first() != Some(&serial) => seen.push(serial),
                _ => break,
            }
        }
        let mut first = queue.first(3);
        if forwards {
            first.truncate(seen.len());
            assert_eq!(first, seen[..seen.len().min(3)]);
        }
        seen
    }

    #[test]
    fn every_member_is_passed_once_in_both_directions() {
        let mut labels = [None; 6];
        labels[2] = Some(4);
        for (order, expected) in [
            (Order::ToLabel, vec![1, 4, 5]),
            (Order::LeastCertain, vec![1, 4, 2, 5, 3]),
            (Order::Serial, vec![1, 2, 3, 4, 5]),
        ] {
            assert_eq!(walk(order, &labels, 0, true), expected);
            let mut backwards = expected;
            backwards.reverse();
            assert_eq!(walk(order, &labels, 0, false), backwards);
        }
        assert_eq!(walk(Order::MostCertain, &labels, 9, true), [0, 5, 2, 1, 4, 3]);
        assert!(walk(Order::ToLabel, &[Some(1); 6], 9, true).is_empty());
    }

    #[test]
    fn a_sample_that_has_just_been_labelled_keeps_its_place() {
        let mut labels = [None; 6];
        labels[1] = Some(4);
        let queue = Queue {
            order: Order::ToLabel,
            certainty: &CERTAINTY,
            labels: &labels,
            shown: &|_| true,
        };
        assert_eq!(queue.next(Some(1)), Some(4));
        assert_eq!(queue.previous(Some(4)), Some(0), "and round at the ends");
    }
}
