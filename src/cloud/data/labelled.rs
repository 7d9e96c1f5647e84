//! The samples that carry a user label, in the order in which they are drawn: the last one lies on top.

use std::collections::HashMap;

use bevy::prelude::*;

use super::samples::Samples;
use crate::cloud::style::palette::PointShapes;

/// An ordered set of serials. Adding appends; removing moves the last one into the gap, so that a change touches one
/// slot of the list, and four bytes of its copy on the GPU.
#[derive(Resource, Default, Debug)]
pub struct Labelled {
    order: Vec<u32>,
    slot_of: HashMap<u32, u32>,
    touched: Touched,
}

/// With more labelled points than this, and more than half of all, labelled points are drawn as plain ones: their outlines
/// would hide each other, and a software rasterizer takes a third of a second for the triangles of 60,000.
const MANY: usize = 5_000;

/// Whether labelled points are drawn as plain ones, where they have no shapes of their own.
pub fn are_plain(labelled: &Labelled, samples: &Samples, shapes: &PointShapes) -> bool {
    let count = labelled.order.len();
    count > MANY && 2 * count > samples.len() && !shapes.0
}

/// Slots whose copy on the GPU is stale.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Touched {
    /// These.
    Slots(Vec<u32>),
    /// All of them.
    #[default]
    All,
}

impl Labelled {
    /// Serials in drawing order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Place of a serial in the drawing order.
    pub fn slot(&self, serial: u32) -> Option<u32> {
        self.slot_of.get(&serial).copied()
    }

    /// Adds a serial on top; one that is already there keeps its place.
    pub fn insert(&mut self, serial: u32) {
        if self.slot_of.contains_key(&serial) {
            return;
        }
        let slot = self.order.len() as u32;
        self.order.push(serial);
        self.slot_of.insert(serial, slot);
        self.touch(slot);
    }

    /// Takes a serial out.
    pub fn remove(&mut self, serial: u32) {
        let Some(slot) = self.slot_of.remove(&serial) else {
            return;
        };
        self.order.swap_remove(slot as usize);
        if let Some(&moved) = self.order.get(slot as usize) {
            self.slot_of.insert(moved, slot);
            self.touch(slot);
        }
    }

    /// Starts over with these serials.
    pub fn replace(&mut self, serials: impl Iterator<Item = u32>) {
        self.order = serials.collect();
        self.slot_of = self
            .order
            .iter()
            .zip(0..)
            .map(|(&serial, slot)| (serial, slot))
            .collect();
        self.touched = Touched::All;
    }

    /// The stale slots; from here on none are.
    pub fn take_touched(&mut self) -> Touched {
        std::mem::replace(&mut self.touched, Touched::Slots(Vec::new()))
    }

    fn touch(&mut self, slot: u32) {
        // Without a GPU nobody takes the slots away: the list must not grow for ever.
        const MANY: usize = 4096;
        match &mut self.touched {
            Touched::Slots(slots) if slots.len() < MANY => slots.push(slot),
            touched => *touched = Touched::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insertion_order_is_drawing_order_and_removal_touches_one_slot() {
        let mut labelled = Labelled::default();
        labelled.take_touched();
        for serial in [7, 3, 9, 3] {
            labelled.insert(serial);
        }
        assert_eq!(labelled.order(), [7, 3, 9]);
        assert_eq!(labelled.take_touched(), Touched::Slots(vec![0, 1, 2]));
        labelled.remove(7);
        assert_eq!(labelled.order(), [9, 3]);
        assert_eq!(labelled.slot(9), Some(0));
        assert_eq!(labelled.slot(7), None);
        assert_eq!(labelled.take_touched(), Touched::Slots(vec![0]));
        labelled.remove(3);
        labelled.remove(100);
        assert_eq!(labelled.take_touched(), Touched::Slots(vec![]));
        assert_eq!(labelled.order(), [9]);
    }

    #[test]
    fn most_of_many_points_are_plain_though_they_are_labelled() {
        let mut world = World::new();
        let samples: Samples = (0..12_000).map(|_| world.spawn_empty().id()).collect();
        let mut labelled = Labelled::default();
        let mut plain = |count: u32, shapes| {
            labelled.replace(0..count);
            are_plain(&labelled, &samples, &PointShapes(shapes))
        };
        assert!(!plain(5_500, false), "less than half");
        assert!(plain(6_500, false));
        assert!(!plain(6_500, true), "shapes are drawn one by one");
        let few: Samples = (0..100).map(|_| world.spawn_empty().id()).collect();
        labelled.replace(0..100);
        assert!(!are_plain(&labelled, &few, &PointShapes(false)));
    }

    #[test]
    fn replacing_forgets_what_was_there() {
        let mut labelled = Labelled::default();
        labelled.insert(5);
        labelled.replace([1, 2].into_iter());
        assert_eq!(labelled.order(), [1, 2]);
        assert_eq!(labelled.slot(5), None);
        assert_eq!(labelled.take_touched(), Touched::All);
    }
}
