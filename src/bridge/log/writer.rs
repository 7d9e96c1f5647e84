//! Writes the event log where the user asked for one.

use crate::bridge::sets::EventLogSystems;
use bevy::prelude::*;

use super::entry::LogEntry;
use super::message::{Log, OpenLog};
use crate::ui::problem::Cause;
use ssvae_core::training::message::Event;

use crate::bridge::model::progress::Progress;
use crate::bridge::worker::messages::FromWorker;

pub struct EventLogPlugin;

impl Plugin for EventLogPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<Log>()
            .add_systems(Last, (log_worker, write_log).chain().in_set(EventLogSystems));
    }
}

/// What the worker tells that belongs into the log as it is.
fn log_worker(mut events: MessageReader<FromWorker>, mut log: MessageWriter<Log>) {
    for FromWorker(event) in events.read() {
        let entry = match event {
            Event::TrainingStarted { config, backend } => LogEntry::TrainingStarted {
                epochs: config.max_epochs,
                backend: backend.clone(),
            },
            Event::Epoch(metrics) => LogEntry::Epoch {
                epoch: metrics.epoch,
                of: metrics.of,
                train_loss: metrics.train.total,
                val_loss: metrics.validation.total,
                train_reconstruction_loss: metrics.train.reconstruction,
                val_reconstruction_loss: metrics.validation.reconstruction,
                train_kl_loss: metrics.train.kl,
                val_kl_loss: metrics.validation.kl,
                train_classification_loss: metrics.train.classification,
                val_classification_loss: metrics.validation.classification,
                seconds: metrics.seconds,
            },
            Event::Saved { path, .. } => LogEntry::Saved { path: path.clone() },
            Event::TrainingFinished { status, message } => LogEntry::TrainingFinished {
                status: *status,
                message: message.clone(),
            },
            Event::Error { message } => LogEntry::Error {
                message: message.clone(),
            },
            Event::Tested(Ok(tested)) => LogEntry::Tested {
                images: tested.evaluation.samples(),
                accuracy: tested.evaluation.accuracy(),
                reconstruction_error: tested.reconstruction,
            },
            Event::ModelReady {
                problem: Some(message),
                ..
            } => LogEntry::Error {
                message: message.clone(),
            },
            _ => continue,
        };
        log.write(Log(entry));
    }
}

fn write_log(
    mut commands: Commands,
    mut entries: MessageReader<Log>,
    log: Option<ResMut<OpenLog>>,
    mut progress: ResMut<Progress>,
) {
    let Some(mut log) = log else {
        entries.clear();
        return;
    };
    if entries.is_empty() {
        return;
    }
    if let Err(error) = log.0.write(entries.read().map(|Log(entry)| entry)) {
        progress.report(Cause::EventLog, error.to_string());
        commands.remove_resource::<OpenLog>();
    }
}
