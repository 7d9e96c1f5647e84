//! The runs on record, and how the model does on the test images.

use std::sync::Arc;

use bevy::prelude::*;

use ssvae_core::training::record::{RunRecord, Stored};
use ssvae_core::training::tested::Tested;

/// The runs in the folder for records.
#[derive(Resource, Default)]
pub struct RunRecords {
    /// The oldest first.
    pub runs: Vec<Arc<RunRecord>>,
    /// Which weights and latents are kept beside them.
    pub stored: Arc<Stored>,
}

impl RunRecords {
    /// Puts a record in the place of the one with its id, or behind all others.
    pub fn put(&mut self, record: &Arc<RunRecord>) {
        match self.runs.iter_mut().rfind(|other| other.id == record.id) {
            Some(other) => other.clone_from(record),
            None => self.runs.push(record.clone()),
        }
    }
}

/// How the model in memory does on the test images, or why there are none.
#[derive(Resource, Default)]
pub struct TestResult(pub Option<Result<Arc<Tested>, String>>);
