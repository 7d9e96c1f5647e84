//! What follows from the labels, as far as it is known.

use std::sync::Arc;

use bevy::prelude::*;

use crate::ui::intent::Intent;
use crate::ui::view_model::JobView;
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
    pub strategy: Strategy,
    pub basis: Basis,
}

/// Something new is known of the samples.
#[derive(Message, Clone, Copy, Debug)]
pub struct Suggested;

/// What is known, and what was asked.
#[derive(Resource, Default)]
pub struct Learning {
    pub(super) thread: Option<ActiveLearning>,
    pub similarity: Option<Similarity>,
    pub propagated: Option<Arc<Propagated>>,
    /// It against the data set's own labels, where it has some.
    pub evaluation: Option<Arc<Evaluation>>,
    /// Number of labels that it is from.
    pub labels: usize,
    /// Rises with what is propagated.
    pub version: u64,
    pub(super) scores: Option<Arc<Vec<f32>>>,
    /// See [`News::Scored`].
    pub(super) ranks: Option<Arc<Vec<f32>>>,
    pub(super) expected: Option<Expected>,
    /// The labels, the most doubtful first.
    pub doubts: Arc<Vec<Doubt>>,
    /// Rises with the scores.
    pub scored: u64,
    /// Revision of the labels that they are by.
    pub(super) ranked: u64,
    /// Samples that were labelled since, each with the revision of its label.
    pub(super) since: Vec<(u64, u32)>,
    /// The last sample that was labelled.
    pub(super) last: Option<u32>,
    pub(super) building: Option<Job>,
    /// Why there is no graph, and none is being built.
    pub(super) without: Option<&'static str>,
    /// Revision of the labels, and of what is propagated.
    pub(super) revision: u64,
    pub(super) answered: u64,
    pub(super) attempt: u64,
    pub(super) information: Option<(u64, Arc<Vec<f32>>)>,
    /// The model's weights, of which version of the cloud, and of which they were asked for.
    pub(super) weights: Option<(u64, Arc<Checkpoint>)>,
    pub(super) weights_asked: Option<u64>,
    pub(super) asked: Option<Wanted>,
    /// A run that begins when what it is taught has been propagated.
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
    pub(super) snapshot: u64,
    pub(super) information: u64,
    pub(super) looked_at: Option<u32>,
}

impl Learning {
    /// Score of each sample, where there are scores: those that were expected, when the label that they expect is there and
    /// has not been answered yet.
    pub fn scores(&self, labels: &Labels) -> Option<&[f32]> {
        let expected = self.expected.as_ref();
        let expected = expected.filter(|expected| labels.get(expected.serial).is_some());
        let scores = expected.map(|expected| &expected.scores).or(self.scores.as_ref());
        scores.map(|scores| scores.as_slice())
    }

    pub fn has_scores(&self) -> bool {
        self.scores.is_some()
    }

    /// Whether a label of this sample puts others in front at once.
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

    /// Whether the samples are to be ranked anew by labels that neither scores nor expected scores know.
    pub fn is_behind(&self) -> bool {
        let expected = |expected: &Expected| {
            expected.revision + 1 == self.revision && self.since.iter().all(|pair| pair.1 == expected.serial)
        };
        let ranked = self.ranked == self.revision || self.expected.as_ref().is_some_and(expected);
        self.scores.is_some() && self.thread.is_some() && !ranked
    }

    /// Samples that were labelled since they were scored, and the last one: what is like them is offered later.
    pub fn avoided(&self) -> Vec<u32> {
        self.since.iter().map(|pair| pair.1).chain(self.last).collect()
    }

    /// Whether what is propagated is by the labels as they are.
    pub fn is_up_to_date(&self) -> bool {
        self.answered == self.revision
    }

    /// Whether a graph is there or will be.
    pub fn is_coming(&self) -> bool {
        self.thread.is_some() && self.without.is_none()
    }

    /// What goes on, as the overlay shows it.
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

    /// Goes on as without a graph.
    #[cfg(test)]
    pub fn stop(&mut self) {
        self.thread = None;
        self.building = None;
        self.without = Some(STOPPED);
        self.forget();
    }

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
