//! The labels file: opened with the data set, and followed as its thread answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

use super::merged::{Merged, tell_gone};
use super::messages::LabelChanged;
use super::state::{LabelFile, LabelHistory, UserLabels};
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::model::progress::Progress;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::FromWorker;
use crate::cloud::{ReplaceUserLabels, SetUserLabel};
use crate::ui::problem::Cause;
use crate::ui::view_model::FeedbackKind;
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{Change, LabelEvent, LabelStore, Opened, Problem};
use ssvae_core::training::message::Event;

pub struct LabelFilePlugin;

impl Plugin for LabelFilePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LabelHistory>()
            .add_systems(PreUpdate, (open_labels, follow_file).chain());
    }
}

/// The labels can be read as soon as the number of samples is known.
fn open_labels(
    mut commands: Commands,
    start: Res<Start>,
    wake: Res<Wake>,
    mut events: MessageReader<FromWorker>,
    mut progress: ResMut<Progress>,
    mut history: ResMut<LabelHistory>,
    mut log: MessageWriter<Log>,
) {
    for FromWorker(event) in events.read() {
        let Event::Dataset(dataset) = event else {
            continue;
        };
        let path = start.options.labels_path();
        let wake = wake.0.clone();
        let wake = Arc::new(move || wake(Urgency::Answer));
        let (store, opened) = LabelStore::open(&path, dataset.len(), wake);
        let Opened {
            labels,
            journal,
            troubles,
        } = opened;
        history.journal = journal;
        if let Some(file) = troubles.file {
            log.write(Log(LogEntry::Error {
                message: file.clone(),
            }));
            progress.report(Cause::LabelsFile, file);
        }
        log.write_batch(tell_rows(&path, &troubles.rows, &mut progress));
        if let Some(message) = troubles.history {
            log.write(Log(LogEntry::Error {
                message: message.clone(),
            }));
            progress.report(Cause::BesideLabels, message);
        }
        commands.insert_resource(LabelFile(store));
        commands.insert_resource(UserLabels(labels));
    }
}

/// One card, and one line of the log, for all rows that cannot be used; none where there are none.
fn tell_rows(path: &Path, rows: &[Problem], progress: &mut Progress) -> Option<Log> {
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
    progress.problems.replace(Cause::LabelsRows, title, lines);
    let card = progress.problems.cards().last().filter(|_| count > 0)?;
    Some(Log(LogEntry::Error { message: card.text() }))
}

fn follow_file(
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    (start, history): (Res<Start>, Res<LabelHistory>),
    mut merged: ResMut<Merged>,
    mut progress: ResMut<Progress>,
    mut feedback: ResMut<Feedback>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut changed: MessageWriter<LabelChanged>,
    mut replace: MessageWriter<ReplaceUserLabels>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    let (mut saved, mut failed) = (false, false);
    while let Ok(event) = file.0.events().try_recv() {
        match event {
            LabelEvent::Saved { change, elapsed } => {
                log.write(labelled(change, true, elapsed));
                saved = true;
            }
            LabelEvent::Failed {
                change,
                current,
                message,
            } => {
                log.write(labelled(change, false, Duration::ZERO));
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                let serial = change.serial;
                let before = labels.0.set(serial, current);
                // A newer request for the same sample may be on its way.
                file.0.overlay(&mut labels.0);
                let label = labels.0.get(serial);
                let after = label;
                changed.write(LabelChanged {
                    serial,
                    before,
                    after,
                });
                recolour.write(SetUserLabel { serial, label });
                (saved, failed) = (false, true);
                feedback.say(format!("Not saved: {message}"), FeedbackKind::Failed);
                progress.report(Cause::Saving, message);
            }
            LabelEvent::Reloaded {
                labels: new,
                problems,
            } => {
                progress.problems.mended(Cause::LabelsFile);
                log.write_batch(tell_rows(&start.options.labels_path(), &problems, &mut progress));
                log.write(Log(LogEntry::LabelsReloaded {
                    labelled: new.labelled(),
                }));
                let count = new.labelled();
                let text = format!(
                    "Another program changed labels.csv: {} {} now",
                    grouped(count),
                    plural(count, "label")
                );
                feedback.say(text, FeedbackKind::Info);
                labels.0 = new;
                file.0.overlay(&mut labels.0);
                replace.write(ReplaceUserLabels(Arc::new(labels.0.as_slice().to_vec())));
            }
            LabelEvent::Merged { restored, changed } => {
                log.write(Log(LogEntry::LabelsMerged {
                    restored: restored.len(),
                    changed: changed.len(),
                }));
                merged.add(restored, changed, &mut progress);
            }
            LabelEvent::Gone { labels: gone } => {
                log.write(Log(LogEntry::LabelsGone { labels: gone }));
                tell_gone(gone, &start.options.labels_path(), &mut progress);
                let count = labels.0.labelled();
                let text = match gone {
                    0 => format!(
                        "labels.csv is back: {} {}",
                        grouped(count),
                        plural(count, "label")
                    ),
                    _ => "labels.csv is gone".into(),
                };
                feedback.say(text, FeedbackKind::Info);
            }
            LabelEvent::History { trouble: None } => progress.problems.mended(Cause::BesideLabels),
            LabelEvent::History {
                trouble: Some(message),
            } => {
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                progress.report(Cause::BesideLabels, message);
            }
            LabelEvent::Problem { message } => {
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                progress.report(Cause::LabelsFile, message);
            }
        }
    }
    if saved && file.0.pending() == 0 {
        if !failed {
            progress.problems.mended(Cause::Saving);
        }
        feedback.say(format!("{} · saved", history.saving), FeedbackKind::Saved);
    }
}

fn labelled(Change { serial, label }: Change, saved: bool, elapsed: Duration) -> Log {
    Log(LogEntry::Labelled {
        serial,
        label,
        saved,
        ms: elapsed.as_secs_f64() * 1e3,
    })
}
