//! The model in memory: what it is, and where its weights come from and are kept.

use std::path::PathBuf;
use std::sync::Arc;

use bevy::prelude::*;

use super::weights_provenance::WeightsProvenance;
use crate::ui::RunEnds;
use ssvae_core::model::config::Architecture;
use ssvae_core::training::lineage;
use ssvae_core::training::message::{EndState, EpochMetrics};
use ssvae_core::training::record::RunRecord;

/// The model in memory, but for its weights, which the worker has.
#[derive(Resource, Default)]
pub struct ModelState {
    /// The device it runs on, in words.
    pub backend: String,
    /// `None` before it is read or made.
    pub architecture: Option<Architecture>,
    /// The file that it was loaded from.
    pub checkpoint: Option<PathBuf>,
    /// Which weights are in the file, in words.
    pub in_file: String,
    /// Which weights are in memory.
    pub provenance: WeightsProvenance,
    /// Metrics of each epoch through all runs of the model; the curves show them.
    pub history: Vec<EpochMetrics>,
    /// Whether results of runs are not on the disk yet.
    pub unwritten: bool,
    /// Digest of the weights in memory.
    digest: String,
    /// Digests of the last run's final weights and of its best ones.
    ends: Option<[String; 2]>,
    /// Digest of the weights that the next start begins with.
    next_start: Option<String>,
}

impl ModelState {
    /// Whether the next start would begin with another model than the one in memory.
    pub fn is_unsaved(&self) -> bool {
        match &self.next_start {
            Some(next_start) => *next_start != self.digest,
            None => !self.history.is_empty(),
        }
    }

    /// Notes which weights the next start begins with.
    pub fn set_next_start(&mut self, digest: &str) {
        self.next_start = Some(digest.to_owned());
    }

    /// A model stands in memory; `readable` says whether its file could be read, if there is one.
    pub fn load(&mut self, digest: &str, readable: bool, runs: &[Arc<RunRecord>]) {
        self.digest = digest.to_owned();
        self.ends.take_if(|ends| ends.iter().all(|end| end != digest));
        self.trace(runs);
        self.in_file = match (&self.checkpoint, readable) {
            (Some(_), _) => "as loaded",
            (None, false) => "not readable",
            (None, true) => "nothing yet",
        }
        .into();
    }

    /// Other weights of the same model are in memory.
    pub fn set_weights(&mut self, digest: &str, runs: &[Arc<RunRecord>]) {
        self.digest = digest.to_owned();
        self.trace(runs);
    }

    /// Notes the last run's final weights and its best ones.
    pub fn set_ends(&mut self, ends: [&str; 2], runs: &[Arc<RunRecord>]) {
        self.ends = Some(ends.map(str::to_owned));
        self.trace(runs);
    }

    /// A run's record says which weights are in memory by now.
    pub fn follow_record(&mut self, record: &RunRecord, runs: &[Arc<RunRecord>]) {
        let best = record.best_epoch().and_then(|epoch| record.states.get(epoch - 1));
        if let Some((last, best)) = record.states.last().zip(best) {
            self.digest.clone_from(last);
            self.set_ends([last, best], runs);
        }
    }

    /// Derives history and provenance of the weights in memory from the records.
    pub fn trace(&mut self, runs: &[Arc<RunRecord>]) {
        let history = |digest: &str| lineage::history(runs, digest);
        let ends = self.ends.as_ref().map(|[last, best]| RunEnds {
            last: history(last).len(),
            best: history(best).len(),
            taken: if self.digest == *best && last != best {
                EndState::Best
            } else {
                EndState::Last
            },
        });
        self.history = history(&self.digest);
        self.provenance = match ends {
            Some(ends) => WeightsProvenance::Run(ends),
            None if self.checkpoint.is_none() && self.history.is_empty() => WeightsProvenance::Fresh,
            None => WeightsProvenance::File(self.history.len()),
        };
    }
}
