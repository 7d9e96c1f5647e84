//! The facts of each sample, from data set, labels and model, and whether the filter lets it through.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::model::state::ModelState;
use crate::bridge::model::weights_provenance::WeightsProvenance;
use crate::bridge::queue::state::Skipped;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::cloud::PointFilter;
use crate::ui::RunState;
use ssvae_core::acquisition::{Order, Queue, scattered};
use ssvae_core::filter::{Facts, Filter, Source, Visibility};
use ssvae_core::labels::Labels;

/// Facts of samples by serial, and questions about all of them.
#[derive(SystemParam)]
pub struct SampleQuery<'w> {
    dataset: Res<'w, LoadedDataset>,
    latents: Res<'w, Latents>,
    model: Res<'w, ModelState>,
    run: Res<'w, TrainingRun>,
    labels: Option<Res<'w, UserLabels>>,
    pub(super) filter: Res<'w, PointFilter>,
    pub(super) skipped: Res<'w, Skipped>,
    pub(super) learning: Res<'w, Learning>,
    pub(super) comparison: Res<'w, Comparison>,
    pub(super) audit: Res<'w, Audit>,
}

impl SampleQuery<'_> {
    /// What filters and colours depend on.
    pub fn facts(&self, serial: u32) -> Facts {
        let at = serial as usize;
        let snapshot = self.latents.snapshot.as_ref();
        let predicted = snapshot.and_then(|snapshot| snapshot.classes.get(at).copied());
        let certainty = snapshot.and_then(|snapshot| snapshot.certainty.get(at).copied());
        let truth = self
            .dataset
            .dataset
            .as_ref()
            .and_then(|dataset| dataset.true_label(serial));
        let user = self.labels().and_then(|labels| labels.get(serial));
        let facts = Facts {
            changed: self.comparison.changed(serial),
            ..Facts::new(user, predicted, truth, certainty.unwrap_or(0.0))
        };
        match &self.learning.propagated {
            Some(propagated) => Facts {
                propagated: propagated.class(serial),
                propagated_certainty: propagated.certainty(serial),
                score: self.learning.rank(serial),
                ..facts
            },
            None => facts,
        }
    }

    /// The images.
    pub fn dataset(&self) -> &LoadedDataset {
        &self.dataset
    }

    /// The model's latents and predictions.
    pub fn latents(&self) -> &Latents {
        &self.latents
    }

    /// The user's labels.
    pub fn labels(&self) -> Option<&Labels> {
        self.labels.as_ref().map(|labels| &labels.0)
    }

    /// Whether the filter lets a sample through.
    pub fn is_shown(&self, serial: u32) -> bool {
        self.filter.0.is_open() || self.passes(&self.facts(serial))
    }

    pub(super) fn passes(&self, facts: &Facts) -> bool {
        self.filter.0.judge(facts) == Visibility::Shown
    }

    /// Of the samples that `filter` lets through: how many have each class of a source, and how many have none.
    pub fn count_classes(&self, source: Source, filter: &Filter) -> (Vec<usize>, usize) {
        let (mut counts, mut without) = (vec![0; self.dataset.classes().get()], 0);
        let points = self.dataset.samples() as u32;
        for serial in 0..points {
            let facts = self.facts(serial);
            if filter.judge(&facts) != Visibility::Shown {
                continue;
            }
            match facts
                .class(source)
                .and_then(|class| counts.get_mut(usize::from(class)))
            {
                Some(count) => *count += 1,
                None => without += 1,
            }
        }
        (counts, without)
    }

    /// Serials of the samples that the filter lets through.
    pub fn shown(&self) -> impl Iterator<Item = u32> {
        (0..self.points()).filter(|&serial| self.is_shown(serial))
    }

    /// Serials of the skipped samples that are unlabelled and shown, in the order in which they come again.
    pub fn skipped(&self) -> impl Iterator<Item = u32> {
        let unlabelled = |serial| self.labels().is_none_or(|labels| labels.get(serial).is_none());
        let serials = self.skipped.serials().into_iter();
        serials.filter(move |&serial| serial < self.points() && unlabelled(serial) && self.is_offered(serial))
    }

    /// Whether a sample is shown and not held out for the audit.
    fn is_offered(&self, serial: u32) -> bool {
        self.is_shown(serial) && !self.audit.holds(serial)
    }

    pub(super) fn points(&self) -> u32 {
        self.latents
            .snapshot
            .as_ref()
            .map_or(0, |snapshot| snapshot.len()) as u32
    }

    /// Hands the queue of the shown samples, in an order, to `ask`.
    pub fn queue<T: Default>(&self, order: Order, ask: impl FnOnce(Queue) -> T) -> T {
        let (Some(snapshot), Some(labels)) = (&self.latents.snapshot, self.labels()) else {
            return T::default();
        };
        // Without a graph the model's uncertainty decides, and before it has learnt anything chance.
        let scores = self.learning.scores(labels);
        let score = |serial: u32| match scores {
            Some(scores) => scores.get(serial as usize).copied().unwrap_or(f32::NEG_INFINITY),
            None if self.is_fresh() => scattered(serial, 0),
            None => -snapshot.certainty.get(serial as usize).copied().unwrap_or(1.0),
        };
        let similarity = self.learning.similarity.as_ref();
        ask(Queue {
            order,
            certainty: &snapshot.certainty,
            score: &score,
            labels: labels.as_slice(),
            skipped: &|serial| self.skipped.place(serial),
            shown: &|serial| self.is_offered(serial),
            neighbours: similarity.map(|similarity| &*similarity.neighbours),
            since: &self.learning.avoided(),
        })
    }

    /// Whether the queue will change in a moment. During a run, which takes the processors, nothing waits for it.
    pub fn is_behind(&self) -> bool {
        self.run.state == RunState::Idle && self.learning.is_behind()
    }

    /// Whether the model has learnt nothing yet.
    pub fn is_fresh(&self) -> bool {
        self.model.provenance == WeightsProvenance::Fresh
    }

    pub(super) fn version(&self) -> u64 {
        self.latents.version()
    }
}
