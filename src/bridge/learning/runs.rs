//! Starts training runs as soon as their targets have been propagated.

use bevy::prelude::*;

use super::state::Learning;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::model::run::TrainingRun;
use crate::bridge::panels::status::StatusLines;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::worker::link::WorkerLink;
use crate::ui::{Intent, RunState};
use ssvae_core::model::config::TargetKind;
use ssvae_core::training::message::Command;
use ssvae_core::training::targets::Targets;

/// Starts a run when its targets are there.
pub(super) fn begin_runs(
    mut intents: MessageReader<UserIntent>,
    labels: Option<Res<UserLabels>>,
    mut learning: ResMut<Learning>,
    (mut run, mut status): (ResMut<TrainingRun>, ResMut<StatusLines>),
    worker: Res<WorkerLink>,
) {
    for UserIntent(intent) in intents.read() {
        match intent {
            Intent::Start(config) if labels.is_some() => {
                run.state = RunState::Starting;
                learning.waiting = Some(config.clone());
            }
            Intent::Stop if learning.waiting.take().is_some() => run.state = RunState::Idle,
            _ => {}
        }
    }
    let (Some(labels), Some(config)) = (labels, &learning.waiting) else {
        return;
    };
    let (all, classes) = (labels.0.as_slice().to_vec(), labels.0.classes());
    let targets = if config.targets == TargetKind::Labels || labels.0.labelled() == 0 {
        Targets::labels(all, classes)
    } else {
        match &learning.propagated {
            Some(propagated) if learning.is_up_to_date() => Targets::propagated(all, propagated.clone()),
            // The propagated labels will come.
            _ if learning.is_coming() => return,
            _ => {
                status.say("Without a similarity graph the run is taught your labels alone");
                Targets::labels(all, classes)
            }
        }
    };
    if let Some(config) = learning.waiting.take() {
        worker.send(Command::Train { config, targets });
    }
}
