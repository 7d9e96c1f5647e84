//! The file with the labels of the audit.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

use super::state::Audit;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::model::progress::Progress;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::FromWorker;
use crate::ui::problem::Cause;
use crate::ui::view_model::FeedbackKind;
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{Change, LabelEvent, LabelStore, Opened, Problem, audit_path};
use ssvae_core::training::message::Event;

pub(super) fn open(
    start: Res<Start>,
    wake: Res<Wake>,
    mut events: MessageReader<FromWorker>,
    mut audit: ResMut<Audit>,
    mut progress: ResMut<Progress>,
    mut log: MessageWriter<Log>,
) {
    for FromWorker(event) in events.read() {
        let Event::Dataset(dataset) = event else {
            continue;
        };
        let wake = wake.0.clone();
        let wake = Arc::new(move || wake(Urgency::Answer));
        let path = audit_path(&start.options.labels_path());
        let (store, opened) = LabelStore::open(&path, dataset.len(), wake);
        let Opened { labels, troubles, .. } = opened;
        let message = troubles.file.clone().or_else(|| rows(&start, &troubles.rows));
        // Of a folder that is not there the labels' own card tells.
        let has_folder = path
            .parent()
            .is_some_and(|folder| folder.is_dir() || folder == Path::new(""));
        if let Some(message) = message.filter(|_| has_folder) {
            log.write(Log(LogEntry::Error {
                message: message.clone(),
            }));
            progress.report(Cause::Audit, message);
        }
        *audit = Audit {
            labels,
            file: Some(store),
            trouble: troubles.file,
            version: audit.version + 1,
            ..default()
        };
    }
}

/// What is said of rows that cannot be used.
fn rows(start: &Start, rows: &[Problem]) -> Option<String> {
    let first = rows.first()?;
    let path = audit_path(&start.options.labels_path());
    Some(format!(
        "{}: {} {} cannot be used, the first in line {} ({}); correct or delete them",
        path.display(),
        grouped(rows.len()),
        plural(rows.len(), "row"),
        grouped(first.line),
        first.fault
    ))
}

pub(super) fn follow(
    start: Res<Start>,
    mut audit: ResMut<Audit>,
    mut progress: ResMut<Progress>,
    mut feedback: ResMut<Feedback>,
    mut log: MessageWriter<Log>,
) {
    let (mut saved, mut failed) = (false, false);
    loop {
        let event = audit.file.as_ref().and_then(|file| file.events().try_recv().ok());
        let Some(event) = event else { break };
        match event {
            LabelEvent::Saved { change, elapsed } => {
                log.write(audited(change, true, elapsed));
                saved = true;
            }
            LabelEvent::Failed {
                change,
                current,
                message,
            } => {
                log.write(audited(change, false, Duration::ZERO));
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                audit.set(change.serial, current);
                let audit = &mut *audit;
                if let Some(file) = &audit.file {
                    file.overlay(&mut audit.labels);
                }
                (saved, failed) = (false, true);
                feedback.say(format!("Not saved: {message}"), FeedbackKind::Failed);
                progress.report(Cause::Audit, message);
            }
            LabelEvent::Reloaded { labels, problems } => {
                progress.problems.mended(Cause::Audit);
                let audit = &mut *audit;
                audit.trouble = None;
                audit.labels = labels;
                if let Some(file) = &audit.file {
                    file.overlay(&mut audit.labels);
                }
                audit.version += 1;
                if let Some(message) = rows(&start, &problems) {
                    progress.report(Cause::Audit, message);
                }
                let count = audit.labels.labelled();
                let text = format!(
                    "Another program changed the labels of the audit: {} {} now",
                    grouped(count),
                    plural(count, "label")
                );
                feedback.say(text, FeedbackKind::Info);
            }
            LabelEvent::Merged { restored, changed } => {
                let (restored, changed) = (restored.len(), changed.len());
                log.write(Log(LogEntry::LabelsMerged { restored, changed }));
                if restored > 0 {
                    let text = format!(
                        "{} {} of the audit that another program's save had dropped {} restored",
                        grouped(restored),
                        plural(restored, "label"),
                        if restored == 1 { "was" } else { "were" }
                    );
                    feedback.say(text, FeedbackKind::Info);
                }
            }
            LabelEvent::Gone { labels } => {
                log.write(Log(LogEntry::LabelsGone { labels }));
                if let (true, Some(file)) = (labels > 0, &audit.file) {
                    // Nobody labels an audit twice: its labels are worth more than the wish to begin anew.
                    file.write_back();
                }
            }
            LabelEvent::History { trouble: None } => {}
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
                audit.trouble = Some(message.clone());
                progress.report(Cause::Audit, message);
            }
        }
    }
    let done = audit.file.as_ref().is_none_or(|file| file.pending() == 0);
    if saved && done {
        if !failed {
            progress.problems.mended(Cause::Audit);
        }
        feedback.say(format!("{} · saved", audit.saving), FeedbackKind::Saved);
    }
}

fn audited(Change { serial, label }: Change, saved: bool, elapsed: Duration) -> Log {
    Log(LogEntry::Audited {
        serial,
        label,
        saved,
        ms: elapsed.as_secs_f64() * 1e3,
    })
}
