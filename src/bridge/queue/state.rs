//! The queue's order, what was put off, and the way through it.

use std::collections::HashMap;
use std::time::Instant;

use bevy::prelude::*;

use ssvae_core::acquisition::Order;

/// The order in which samples are gone through.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueOrder(pub Order);

/// Asks for the first of the queue, because a sample of it has its label.
#[derive(Message, Clone, Copy, Debug)]
pub struct GoOn;

/// A step to the first of the queue that waits until the samples are ranked by all labels, at most until an instant. Input
/// that comes after it waits, too.
#[derive(Resource, Default)]
pub struct Awaited(pub(super) Option<Instant>);

impl Awaited {
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// Samples that were put off, with their places among each other: they come at the end of the queue.
#[derive(Resource, Default)]
pub struct Skipped {
    pub(super) places: HashMap<u32, u32>,
    next: u32,
}

impl Skipped {
    /// Place at the end of the queue, for a sample that was put off.
    pub fn place(&self, serial: u32) -> Option<u32> {
        self.places.get(&serial).copied()
    }

    /// The one that was put off last comes last.
    pub fn put_off(&mut self, serial: u32) {
        self.places.insert(serial, self.next);
        self.next += 1;
    }

    /// In the order in which they come again.
    pub fn serials(&self) -> Vec<u32> {
        let mut serials: Vec<u32> = self.places.keys().copied().collect();
        serials.sort_unstable_by_key(|serial| self.places.get(serial));
        serials
    }
}

/// The way through the samples so far.
#[derive(Resource, Default)]
pub struct Visits {
    /// Those that were selected before the one that is, the last one last.
    pub(super) back: Vec<u32>,
    /// The last that was reached by way of the queue.
    pub(super) of_queue: Option<u32>,
    /// Where the way back leads just now: it is not noted as a new one.
    pub(super) returning: Option<u32>,
    pub(super) last: Option<u32>,
}

impl Visits {
    /// Whether a sample was reached by way of the queue, so that its label leads on.
    pub fn came_by_queue(&self, serial: u32) -> bool {
        self.of_queue == Some(serial)
    }

    pub(super) fn previous(&mut self, at: Option<u32>) -> Option<u32> {
        loop {
            let serial = self.back.pop()?;
            if Some(serial) != at {
                self.returning = Some(serial);
                return Some(serial);
            }
        }
    }
}
