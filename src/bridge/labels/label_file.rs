//! The labels file: opens it with the data set, and follows what its thread reports.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::*;

use super::file_events::{FileEvent, FileKind, FileReport};
use super::merged::{Merged, tell_gone};
use super::state::{LabelFile, LabelHistory, UserLabels};
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::sets::WorkerEventSystems;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::DatasetLoaded;
use crate::cloud::{LabelChanged, ReplaceUserLabels};
use crate::ui::{Cause, FeedbackKind};
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{Change, LabelStore, Opened, Problem};

const KIND: FileKind = FileKind {
    entry: |Change { serial, label }, saved, ms| LogEntry::Labelled {
        serial,
        label,
        saved,
        ms,
    },
    saving: Cause::Saving,
    file: Cause::LabelsFile,
};

pub struct LabelFilePlugin;

impl Plugin for LabelFilePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LabelHistory>().add_systems(
            PreUpdate,
            (open_labels, follow_file).chain().after(WorkerEventSystems),
        );
    }
}

/// Opens the labels file as soon as the number of samples is known.
fn open_labels(
    mut commands: Commands,
    (start, wake): (Res<Start>, Res<Wake>),
    mut loaded: MessageReader<DatasetLoaded>,
    mut history: ResMut<LabelHistory>,
    mut report: FileReport,
) {
    for DatasetLoaded(dataset) in loaded.read() {
        let path = start.options.labels_path();
        let wake = wake.0.clone();
        let wake = Arc::new(move || wake(Urgency::Answer));
        let (store, opened) = LabelStore::open(&path, dataset.len(), dataset.classes(), wake);
        let Opened {
            labels,
            journal,
            troubles,
        } = opened;
        history.journal = journal;
        if let Some(message) = troubles.file {
            report.log_error(&message);
            report.problems.report(Cause::LabelsFile, message);
        }
        tell_rows(&path, &troubles.rows, &mut report);
        if let Some(message) = troubles.history {
            report.log_error(&message);
            report.problems.report(Cause::BesideLabels, message);
        }
        commands.insert_resource(LabelFile(store));
        commands.insert_resource(UserLabels(labels));
    }
}

/// Shows one card, and writes one line to the event log, for all rows that cannot be used.
fn tell_rows(path: &Path, rows: &[Problem], report: &mut FileReport) {
    let count = rows.len();
    let title = format!(
        "{}: {} {} cannot be used; correct or delete them",
        path.display(),
        grouped(count),
        plural(count, "row")
    );
    let lines = rows
        .iter()
        .map(|row| format!("line {}: {}", grouped(row.line), row.fault));
    report.problems.replace(Cause::LabelsRows, title, lines);
    let card = report.problems.cards().last().filter(|_| count > 0);
    if let Some(message) = card.map(|card| card.text()) {
        report.log_error(&message);
    }
}

fn follow_file(
    (file, labels): (Option<Res<LabelFile>>, Option<ResMut<UserLabels>>),
    (start, history): (Res<Start>, Res<LabelHistory>),
    mut merged: ResMut<Merged>,
    mut report: FileReport,
    mut changed: MessageWriter<LabelChanged>,
    mut replace: MessageWriter<ReplaceUserLabels>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    let path = start.options.labels_path();
    let mut touched = false;
    report.follow(
        (&file.0, KIND),
        &mut labels.bypass_change_detection().0,
        &history.saving,
        |report, labels, event| match event {
            FileEvent::Reverted { serial, before } => {
                touched = true;
                changed.write(LabelChanged {
                    serial,
                    before,
                    after: labels.get(serial),
                    timed: false,
                });
            }
            FileEvent::Reloaded { labelled, rows } => {
                touched = true;
                tell_rows(&path, &rows, report);
                report.log.write(Log(LogEntry::LabelsReloaded { labelled }));
                let text = format!(
                    "Another program changed labels.csv: {} {} now",
                    grouped(labelled),
                    plural(labelled, "label")
                );
                report.feedback.say(text, FeedbackKind::Info);
                replace.write(ReplaceUserLabels(Arc::new(labels.as_slice().to_vec())));
            }
            FileEvent::Merged { restored, changed } => merged.add(restored, changed, &mut report.problems),
            FileEvent::Gone { labels: gone } => {
                tell_gone(gone, &path, &mut report.problems);
                let count = labels.labelled();
                let text = match gone {
                    0 => format!(
                        "labels.csv is back: {} {}",
                        grouped(count),
                        plural(count, "label")
                    ),
                    _ => "labels.csv is gone".into(),
                };
                report.feedback.say(text, FeedbackKind::Info);
            }
            FileEvent::HistoryWritten => report.problems.mended(Cause::BesideLabels),
            FileEvent::Unusable { .. } => {}
        },
    );
    if touched {
        labels.set_changed();
    }
}
