//! The queue's order, skipped samples, and visited samples.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bevy::prelude::*;

use ssvae_core::acquisition::Order;

/// The order in which samples are gone through.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueOrder(pub Order);

/// Asks for the first sample of the queue, because the last one has its label.
#[derive(Message, Clone, Copy, Debug)]
pub struct GoOn;

/// A step to the first sample of the queue that waits until the ranking includes all labels, at most until this instant.
/// Later input waits as well.
#[derive(Resource)]
pub struct Awaited {
    pub(super) until: Option<Instant>,
    /// How long a step waits at most for a ranking that includes all labels.
    pub patience: Duration,
}

impl Default for Awaited {
    fn default() -> Self {
        Self {
            until: None,
            patience: Duration::from_millis(500),
        }
    }
}

impl Awaited {
    pub fn is_on(&self) -> bool {
        self.until.is_some()
    }
}

/// Skipped samples, which come at the end of the queue, with their order among each other.
#[derive(Resource, Default)]
pub struct Skipped {
    pub(super) places: HashMap<u32, u32>,
    next: u32,
}

impl Skipped {
    /// Place of a skipped sample at the end of the queue.
    pub fn place(&self, serial: u32) -> Option<u32> {
        self.places.get(&serial).copied()
    }

    /// The sample that was skipped last comes last.
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

/// The samples visited so far.
#[derive(Resource, Default)]
pub struct Visits {
    /// Samples selected before the current one, the last one last.
    pub(super) back: Vec<u32>,
    /// The last sample that was reached through the queue.
    pub(super) of_queue: Option<u32>,
    /// The target of a step back in progress, which is not noted as a new visit.
    pub(super) returning: Option<u32>,
    pub(super) last: Option<u32>,
}

impl Visits {
    /// Whether a sample was reached through the queue, so that labelling it leads to the next one.
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
