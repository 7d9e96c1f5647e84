//! What has been computed from the labels.

use std::sync::Arc;

use bevy::prelude::*;

use crate::ui::{Intent, JobView};
use ssvae_core::acquisition::Strategy;
use ssvae_core::active_learning::{ActiveLearning, Basis};
use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::job::Job;
use ssvae_core::labels::Labels;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::propagation::{Doubt, Propagated};
use ssvae_core::similarity::Similarity;

/// How the samples are scored, and by what they are compared.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Acquisition {
    /// How the samples that are to be labelled are scored.
    pub strategy: Strategy,
    /// What the samples are compared by.
    pub basis: Basis,
}

/// There are new suggestions for the samples.
#[derive(Message, Clone, Copy, Debug)]
pub struct Suggested;

/// The last answers, and the last request.
#[derive(Resource, Default)]
pub struct Learning {
    pub(super) thread: Option<ActiveLearning>,
    /// The graph of the samples; `None` before it is made.
    pub similarity: Option<Similarity>,
    /// Number of graphs that were built so far.
    pub built: u64,
    /// What the labels say of all samples; `None` before the first answer.
    pub propagated: Option<Arc<Propagated>>,
    /// The propagated labels compared with the data set's own, if it has any.
    pub evaluation: Option<Arc<Evaluation>>,
    /// Number of the user's labels that they were propagated from.
    pub labels: usize,
    /// Rises whenever the propagated labels change.
    pub version: u64,
    pub(super) scores: Option<Arc<Vec<f32>>>,
    /// See [`News::Scored`].
    pub(super) ranks: Option<Arc<Vec<f32>>>,
    pub(super) expected: Option<Expected>,
    /// The labels, the most doubtful first.
    pub doubts: Arc<Vec<Doubt>>,
    /// Rises whenever the scores change.
    pub scored: u64,
    /// Revision of the labels that the scores were computed from.
    pub(super) ranked: u64,
    /// Samples labelled since, each with the revision of its label.
    pub(super) since: Vec<(u64, u32)>,
    /// The last sample that was labelled.
    pub(super) last: Option<u32>,
    /// Set while the images are being compared.
    pub(super) building: Option<Job>,
    /// Why there is no graph and none is being built.
    pub(super) without: Option<&'static str>,
    /// Revision of the labels, and the one that the propagated labels were computed from.
    pub(super) revision: u64,
    pub(super) answered: u64,
    pub(super) attempt: u64,
    /// The version of the latents, and the mutual information of class and dropout in nats, `[n]`, at these weights.
    pub(super) information: Option<(u64, Arc<Vec<f32>>)>,
    /// The model's weights with the version of the latents they belong to, and the version they were requested for.
    pub(super) weights: Option<(u64, Arc<Checkpoint>)>,
    pub(super) weights_asked: Option<u64>,
    pub(super) last_request: Option<Wanted>,
    /// Settings of a run that starts when its targets have been propagated.
    pub(super) waiting: Option<TrainingConfig>,
}

/// See [`News::Expected`].
pub(super) struct Expected {
    pub(super) serial: u32,
    pub(super) scores: Arc<Vec<f32>>,
    pub(super) revision: u64,
}

/// What an answer depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) revision: u64,
    pub(super) acquisition: Acquisition,
    pub(super) attempt: u64,
    /// Version of the latents, 0 if the network is not asked.
    pub(super) snapshot: u64,
    pub(super) information: u64,
    /// The selected sample, if the queue led to it: its label is expected.
    pub(super) looked_at: Option<u32>,
}

impl Learning {
    /// Score of each sample, if there are scores. Between an expected label and the answer to it, the scores that were computed
    /// ahead for that label.
    pub fn scores(&self, labels: &Labels) -> Option<&[f32]> {
        let expected = self.expected.as_ref();
        let expected = expected.filter(|expected| labels.get(expected.serial).is_some());
        let scores = expected.map(|expected| &expected.scores).or(self.scores.as_ref());
        scores.map(|scores| scores.as_slice())
    }

    pub fn has_scores(&self) -> bool {
        self.scores.is_some()
    }

    /// Whether scores were computed ahead for a label of this sample.
    pub fn expects(&self, serial: u32) -> bool {
        self.expected
            .as_ref()
            .is_some_and(|expected| expected.serial == serial)
    }

    /// The share of the samples with no higher score than this one's, 0 without scores.
    pub fn rank(&self, serial: u32) -> f32 {
        let ranks = self.ranks.as_ref();
        ranks
            .and_then(|ranks| ranks.get(serial as usize).copied())
            .unwrap_or(0.0)
    }

    /// Whether there are labels that neither the scores nor those computed ahead include.
    pub fn is_behind(&self) -> bool {
        let expected = |expected: &Expected| {
            expected.revision + 1 == self.revision && self.since.iter().all(|pair| pair.1 == expected.serial)
        };
        let ranked = self.ranked == self.revision || self.expected.as_ref().is_some_and(expected);
        self.scores.is_some() && self.thread.is_some() && !ranked
    }

    /// Samples labelled since the last scores, and the last one: samples like them come later in the queue.
    pub fn avoided(&self) -> Vec<u32> {
        self.since.iter().map(|pair| pair.1).chain(self.last).collect()
    }

    /// Whether the propagated labels include the newest labels.
    pub fn is_up_to_date(&self) -> bool {
        self.answered == self.revision
    }

    /// Whether there is a graph or one is being built.
    pub fn is_coming(&self) -> bool {
        self.thread.is_some() && self.without.is_none()
    }

    /// The comparison of the images as the panels show it.
    pub fn job(&self) -> Option<JobView> {
        if let Some(job) = &self.building {
            return Some(JobView {
                what: "Comparing the images".into(),
                share: Some(job.share()),
                left: job.left(),
                offer: Some(Intent::StopComparing),
            });
        }
        self.without.map(|why| JobView {
            what: why.into(),
            share: None,
            left: None,
            offer: (why == STOPPED).then_some(Intent::Compare),
        })
    }

    /// Continues as if there were no graph.
    #[cfg(test)]
    pub fn stop(&mut self) {
        self.thread = None;
        self.building = None;
        self.without = Some(STOPPED);
        self.forget();
    }

    /// Drops everything that was answered.
    pub(super) fn forget(&mut self) {
        self.similarity = None;
        self.propagated = None;
        self.evaluation = None;
        self.scores = None;
        self.expected = None;
        self.doubts = Arc::default();
        self.version += 1;
        self.scored += 1;
    }
}

pub(super) const STOPPED: &str = "The images are not compared: nothing is propagated";
