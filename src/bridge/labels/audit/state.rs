//! The audited samples, and the audit that is on.

use bevy::prelude::*;

use crate::bridge::labels::request::LabelRequest;
use ssvae_core::labels::{Action, Change, LabelStore, Labels, Line, Step};

/// The audited samples, and the audit that is on.
#[derive(Resource, Default)]
pub struct Audit {
    pub(super) labels: Labels,
    pub(super) file: Option<LabelStore>,
    /// Why the file cannot be used. Without it, the samples that were drawn before are unknown.
    pub(super) trouble: Option<String>,
    /// Samples of the audit that is on, in their order; empty if none is on.
    pub(super) drawn: Vec<u32>,
    /// Those labelled in it so far, the last one last.
    pub(super) given: Vec<u32>,
    /// Rises when the held-out samples or their labels change.
    pub(super) version: u64,
    /// The last label in words, for the message that it is saved.
    pub(super) saving: String,
}

impl Audit {
    pub fn is_on(&self) -> bool {
        !self.drawn.is_empty()
    }

    /// Labels of the audit, which nothing learns from.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a sample is audited, or drawn to be.
    pub fn holds(&self, serial: u32) -> bool {
        self.labels.get(serial).is_some() || self.is_blind(serial)
    }

    /// Whether predictions for a sample are hidden, because it belongs to the audit that is on.
    pub fn is_blind(&self, serial: u32) -> bool {
        self.drawn.contains(&serial)
    }

    /// The sample that is to be labelled.
    pub fn current(&self) -> Option<u32> {
        let mut drawn = self.drawn.iter().copied();
        drawn.find(|&serial| self.labels.get(serial).is_none())
    }

    /// How many of the audit that is on are labelled, and of how many.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let labelled = |serial: &&u32| self.labels.get(**serial).is_some();
        self.is_on()
            .then(|| (self.drawn.iter().filter(labelled).count(), self.drawn.len()))
    }

    /// The sample whose label is taken back next.
    pub fn last(&self) -> Option<u32> {
        self.given.last().copied()
    }

    /// Removes labels for audited samples from a request. Returns also one of these samples and their number.
    pub fn admit(&self, request: &LabelRequest) -> (LabelRequest, Option<(u32, usize)>) {
        let LabelRequest::Give(changes) = request else {
            return (request.clone(), None);
        };
        let mut changes = changes.clone();
        let left_out = self.keep_out(&mut changes);
        (LabelRequest::Give(changes), left_out)
    }

    /// Removes labels for audited samples. Returns one of these samples and their number.
    pub fn keep_out(&self, changes: &mut Vec<Change>) -> Option<(u32, usize)> {
        let teaches = |change: &Change| change.label.is_some() && self.holds(change.serial);
        let first = changes.iter().find(|change| teaches(change))?.serial;
        let all = changes.len();
        changes.retain(|change| !teaches(change));
        Some((first, all - changes.len()))
    }

    pub(super) fn set(&mut self, serial: u32, label: Option<u8>) {
        self.labels.set(serial, label);
        self.version += 1;
    }

    /// Puts a label into the file, or takes it out.
    pub(super) fn write(&mut self, serial: u32, label: Option<u8>) {
        let before = self.labels.get(serial);
        self.set(serial, label);
        if let Some(file) = &self.file {
            let step = Step {
                serial,
                before,
                after: label,
            };
            let action = Action::new(vec![step]);
            file.request(&[Change { serial, label }], vec![Line::Done(action)]);
        }
    }

    /// Its own labels file, once it is open.
    pub fn file(&self) -> Option<&LabelStore> {
        self.file.as_ref()
    }

    #[cfg(test)]
    pub fn pending(&self) -> usize {
        self.file().map_or(0, LabelStore::pending)
    }
}
