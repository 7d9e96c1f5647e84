//! What follows from the labels: asked of [`ssvae_core::active_learning`] when anything changes, and shown when it is answered.

use std::sync::Arc;

use bevy::prelude::*;

use super::state::{Acquisition, Learning, Suggested, Wanted};
use super::{answers, runs};
use crate::bridge::labels::state::UserLabels;
use crate::bridge::model::latents::Latents;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::panels::status::StatusLines;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::queue::state::Visits;
use crate::bridge::samples::dataset::LoadedDataset;
use crate::bridge::sets::{IntentSystems, LabelSystems, QueueSystems};
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::link::WorkerLink;
use crate::bridge::worker::messages::{DatasetLoaded, InformationReady, WeightsReady};
use crate::cloud::{
    CloudSystems, LabelChanged, ReplaceSuggestions, ReplaceUserLabels, Selected, Suggestions,
};
use crate::ui::{Intent, RunState};
use ssvae_core::acquisition::Strategy;
use ssvae_core::active_learning::{ActiveLearning, Basis, Request};
use ssvae_core::training::message::Command;

pub struct LearningPlugin;

impl Plugin for LearningPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Learning>()
            .init_resource::<Acquisition>()
            .add_message::<Suggested>()
            .add_systems(PreUpdate, answers::receive)
            .add_systems(
                Update,
                (begin, obey, runs::begin_runs).chain().after(IntentSystems),
            )
            .add_systems(Update, note_labels.after(LabelSystems).before(QueueSystems))
            .add_systems(PostUpdate, (ask, show).chain().after(CloudSystems::Selection));
    }
}

fn begin(
    mut loaded: MessageReader<DatasetLoaded>,
    mut weights: MessageReader<WeightsReady>,
    mut information: MessageReader<InformationReady>,
    wake: Res<Wake>,
    mut learning: ResMut<Learning>,
    mut acquisition: ResMut<Acquisition>,
) {
    for DatasetLoaded(dataset) in loaded.read() {
        if !dataset.has_images() {
            acquisition.basis = Basis::Vectors;
            if acquisition.strategy.asks_network() {
                acquisition.strategy = Strategy::default();
            }
        } else if acquisition.basis == Basis::Vectors && dataset.vectors_file().is_none() {
            acquisition.basis = Basis::Pixels;
        }
        let wake = wake.0.clone();
        learning.forget();
        learning.last_request = None;
        learning.thread = Some(ActiveLearning::start(dataset.clone(), move || {
            wake(Urgency::Answer);
        }));
    }
    if let Some(WeightsReady { version, state }) = weights.read().last() {
        learning.weights = Some((*version, state.clone()));
    }
    if let Some(InformationReady { version, values }) = information.read().last() {
        learning.information = Some((*version, values.clone()));
    }
}

fn obey(
    mut intents: MessageReader<UserIntent>,
    dataset: Res<LoadedDataset>,
    mut acquisition: ResMut<Acquisition>,
    mut learning: ResMut<Learning>,
    mut status: ResMut<StatusLines>,
) {
    let without_model = dataset.is_vectors_alone();
    for UserIntent(intent) in intents.read() {
        match intent {
            Intent::SetStrategy(strategy) if without_model && strategy.asks_network() => {
                status.say("This strategy asks a model, and vectors alone have none");
            }
            Intent::SetBasis(Basis::Pixels | Basis::Model) if without_model => {
                status.say("Vectors alone are compared by themselves: there are no images and no model");
            }
            Intent::SetStrategy(strategy) => acquisition.strategy = *strategy,
            Intent::SetBasis(basis) => acquisition.basis = *basis,
            Intent::StopComparing => {
                if let Some(job) = &learning.building {
                    job.cancel();
                }
            }
            Intent::Compare => {
                learning.attempt += 1;
                learning.without = None;
            }
            _ => {}
        }
    }
}

/// Counts the revisions of the labels.
fn note_labels(
    labels: Option<Res<UserLabels>>,
    mut changes: MessageReader<LabelChanged>,
    mut reloads: MessageReader<ReplaceUserLabels>,
    mut learning: ResMut<Learning>,
) {
    let reloaded = reloads.read().count() > 0;
    let changes: Vec<LabelChanged> = changes.read().copied().collect();
    let Some(labels) = labels.filter(|labels| reloaded || !changes.is_empty() || labels.is_added()) else {
        return;
    };
    learning.revision += 1;
    let revision = learning.revision;
    for change in changes.iter().filter(|change| change.after.is_some()) {
        learning.since.push((revision, change.serial));
        learning.last = Some(change.serial);
    }
    learning.last = learning.last.filter(|&serial| labels.0.get(serial).is_some());
}

/// Sends a request when anything has changed that the answer depends on.
fn ask(
    labels: Option<Res<UserLabels>>,
    acquisition: Res<Acquisition>,
    (latents, run): (Res<Latents>, Res<TrainingRun>),
    (selected, visits): (Res<Selected>, Res<Visits>),
    start: Res<Start>,
    mut learning: ResMut<Learning>,
    worker: Res<WorkerLink>,
) {
    let Some(labels) = labels else {
        return;
    };
    // During a run the latents change all the time; only those at its end count.
    let snapshot = latents.snapshot.as_ref().filter(|_| run.state == RunState::Idle);
    let before = learning
        .last_request
        .map_or(0, |last_request| last_request.snapshot);
    let version = snapshot.map_or(before, |snapshot| snapshot.version);
    let asks_network = acquisition.strategy.asks_network() || acquisition.basis == Basis::Model;
    let wanted = Wanted {
        revision: learning.revision,
        acquisition: *acquisition,
        attempt: learning.attempt,
        snapshot: if asks_network { version } else { 0 },
        information: learning.information.as_ref().map_or(0, |(version, _)| *version),
        looked_at: selected.0.filter(|&serial| visits.came_by_queue(serial)),
    };
    if learning.last_request == Some(wanted) || learning.thread.is_none() {
        return;
    }
    if acquisition.strategy == Strategy::Bald
        && wanted.information != version
        && learning
            .last_request
            .map(|last_request| (last_request.acquisition.strategy, last_request.snapshot))
            != Some((Strategy::Bald, wanted.snapshot))
    {
        worker.send(Command::Inform { version });
    }
    if acquisition.basis == Basis::Model && version > 0 {
        let there = learning.weights.as_ref().is_some_and(|(of, _)| *of == version);
        if !there && learning.weights_asked != Some(version) {
            learning.weights_asked = Some(version);
            worker.send(Command::Weights);
        }
        if !there {
            return;
        }
    }
    learning.last_request = Some(wanted);
    let request = Request {
        revision: learning.revision,
        labels: labels.0.as_slice().to_vec(),
        strategy: acquisition.strategy,
        seed: start.options.seed,
        basis: acquisition.basis,
        attempt: learning.attempt,
        snapshot: latents.snapshot.clone().filter(|_| asks_network),
        weights: learning
            .weights
            .clone()
            .filter(|_| acquisition.basis == Basis::Model),
        information: learning.information.clone(),
        looked_at: wanted.looked_at,
    };
    if let Some(thread) = &learning.thread {
        thread.ask(request);
    }
}

/// Hands the suggestions to the cloud.
fn show(
    mut suggested: MessageReader<Suggested>,
    learning: Res<Learning>,
    mut cloud: MessageWriter<ReplaceSuggestions>,
) {
    if suggested.read().count() == 0 {
        return;
    }
    let Some(propagated) = &learning.propagated else {
        return;
    };
    let samples = propagated.len() as u32;
    cloud.write(ReplaceSuggestions(Arc::new(Suggestions {
        propagated: (0..samples).map(|serial| propagated.class(serial)).collect(),
        certainty: propagated.certainties().to_vec(),
        score: learning.ranks.as_ref().map_or(Vec::new(), |ranks| ranks.to_vec()),
    })));
}
