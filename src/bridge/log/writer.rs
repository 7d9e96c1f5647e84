//! Writes the event log where the user asked for one.

use bevy::prelude::*;

use super::entry::{EpochLosses, EventLog, LogEntry};
use crate::ui::problem::Cause;
use ssvae_core::training::message::Event;

use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::FromWorker;

/// One line for the log.
#[derive(Message, Clone, Debug)]
pub struct Log(pub LogEntry);

#[derive(Resource)]
pub struct OpenLog(pub EventLog);

/// Writes what all others have logged in this frame.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventLogSystems;

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
                losses: EpochLosses([metrics.train, metrics.validation]),
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
