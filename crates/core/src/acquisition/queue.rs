//! The orders in which samples are gone through, under a filter.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use serde::{Deserialize, Serialize};

use crate::similarity::Neighbours;

/// The order of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// The unlabelled samples by the score of an acquisition function, the highest first.
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
}

/// Place in a queue: samples that were put off come behind all others, in their own order.
type Key = (Option<u32>, Rank, u32);

/// Samples that are passed over for those that are far enough from the ones before.
const PASSED: usize = 50_000;

/// A number in the order of numbers.
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

/// The samples that are gone through: one entry per sample in each slice.
pub struct Queue<'a> {
    /// Which samples are members, and what comes first.
    pub order: Order,
    /// Probability of the class that the model predicts, in 0..=1; not a number where it is unknown.
    pub certainty: &'a [f32],
    /// Score of an acquisition function.
    pub score: &'a dyn Fn(u32) -> f32,
    /// The user's label of each sample.
    pub labels: &'a [Option<u8>],
    /// Place among the samples that were put off, for those that were.
    pub skipped: &'a dyn Fn(u32) -> Option<u32>,
    /// Whether the filter lets a sample pass; others are no members of the queue.
    pub shown: &'a dyn Fn(u32) -> bool,
    /// Samples that are to be labelled are kept apart by them, see [`Queue::first`].
    pub neighbours: Option<&'a Neighbours>,
    /// Samples that were labelled since they were scored.
    pub since: &'a [u32],
}

impl Queue<'_> {
    fn key(&self, serial: u32, labelled: bool) -> Option<Key> {
        let certainty = *self.certainty.get(serial as usize)?;
        Some(match self.order {
            Order::ToLabel if labelled => return None,
            Order::ToLabel => ((self.skipped)(serial), Rank(-(self.score)(serial)), serial),
            Order::Serial => (None, Rank(0.0), serial),
            _ if certainty.is_nan() => (None, Rank(f32::INFINITY), serial),
            Order::LeastCertain => (None, Rank(certainty), serial),
            Order::MostCertain => (None, Rank(-certainty), serial),
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

    /// The member after a sample. After the last one, and for `None`, it is the first; an empty queue has none.
    pub fn next(&self, serial: Option<u32>) -> Option<u32> {
        let after = serial.and_then(|serial| self.place(serial));
        let next = after.and_then(|after| self.members().filter(|key| *key > after).min());
        next.or_else(|| self.members().min()).map(|key| key.2)
    }

    /// The first `count` of them. Of those to be labelled none is a neighbour, or a neighbour's neighbour, of one before it or
    /// of one that was labelled since they were scored, as long as there are others: a label says much the same of both.
    pub fn first(&self, count: usize) -> Vec<u32> {
        let mut heap: BinaryHeap<Reverse<Key>> = self.members().map(Reverse).collect();
        let mut near = HashSet::new();
        let neighbours = self.neighbours.filter(|_| self.order == Order::ToLabel);
        if let Some(neighbours) = neighbours {
            self.since
                .iter()
                .for_each(|&serial| near.extend(around(neighbours, serial)));
        }
        let (mut found, mut passed) = (Vec::new(), Vec::new());
        while found.len() < count
            && passed.len() < PASSED
            && let Some(Reverse((put_off, _, serial))) = heap.pop()
        {
            if put_off.is_none() && near.contains(&serial) {
                passed.push(serial);
                continue;
            }
            // What was put off comes after all others.
            if put_off.is_some() && !passed.is_empty() {
                found.append(&mut passed);
            }
            found.push(serial);
            if let Some(neighbours) = neighbours {
                near.extend(around(neighbours, serial));
            }
        }
        found.append(&mut passed);
        found.truncate(count);
        found
    }
}

/// A sample, its neighbours and their neighbours. Some come more than once.
pub fn around(neighbours: &Neighbours, serial: u32) -> impl Iterator<Item = u32> + '_ {
    let near = std::iter::once(serial).chain(neighbours.of(serial).map(|pair| pair.0));
    near.flat_map(|serial| std::iter::once(serial).chain(neighbours.of(serial).map(|pair| pair.0)))
}

#[cfg(test)]
mod tests;
