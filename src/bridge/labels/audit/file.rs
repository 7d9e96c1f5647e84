//! The file with the labels of the audit.

use std::path::Path;
use std::sync::Arc;

use bevy::prelude::*;

use super::state::Audit;
use crate::bridge::labels::file_events::{FileEvent, FileKind, FileReport};
use crate::bridge::log::entry::LogEntry;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::DatasetLoaded;
use crate::ui::{Cause, FeedbackKind};
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{Change, LabelStore, Opened, Problem, audit_path};

const KIND: FileKind = FileKind {
    entry: |Change { serial, label }, saved, ms| LogEntry::Audited {
        serial,
        label,
        saved,
        ms,
    },
    saving: Cause::Audit,
    file: Cause::Audit,
};

pub(super) fn open(
    (start, wake): (Res<Start>, Res<Wake>),
    mut loaded: MessageReader<DatasetLoaded>,
    mut audit: ResMut<Audit>,
    mut report: FileReport,
) {
    for DatasetLoaded(dataset) in loaded.read() {
        let wake = wake.0.clone();
        let wake = Arc::new(move || wake(Urgency::Answer));
        let path = audit_path(&start.options.labels_path());
        let (store, opened) = LabelStore::open(&path, dataset.len(), dataset.classes(), wake);
        let Opened { labels, troubles, .. } = opened;
        let message = troubles.file.clone().or_else(|| rows(&path, &troubles.rows));
        // If the folder does not exist, the card of the labels file says so.
        let has_folder = path
            .parent()
            .is_some_and(|folder| folder.is_dir() || folder == Path::new(""));
        if let Some(message) = message.filter(|_| has_folder) {
            report.log_error(&message);
            report.problems.report(Cause::Audit, message);
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

/// The message about rows that cannot be used, if there are any.
fn rows(path: &Path, rows: &[Problem]) -> Option<String> {
    let first = rows.first()?;
    Some(format!(
        "{}: {} {} cannot be used, the first in line {} ({}); correct or delete them",
        path.display(),
        grouped(rows.len()),
        plural(rows.len(), "row"),
        grouped(first.line),
        first.fault
    ))
}

pub(super) fn follow(start: Res<Start>, mut audit: ResMut<Audit>, mut report: FileReport) {
    let path = audit_path(&start.options.labels_path());
    let Audit {
        labels,
        file: Some(file),
        trouble,
        version,
        saving,
        ..
    } = &mut *audit
    else {
        return;
    };
    report.follow(
        (file, KIND),
        labels,
        saving,
        |report, labels, event| match event {
            FileEvent::Reverted { .. } => *version += 1,
            FileEvent::Reloaded { rows: faults, .. } => {
                *trouble = None;
                *version += 1;
                if let Some(message) = rows(&path, &faults) {
                    report.problems.report(Cause::Audit, message);
                }
                let count = labels.labelled();
                let text = format!(
                    "Another program changed the labels of the audit: {} {} now",
                    grouped(count),
                    plural(count, "label")
                );
                report.feedback.say(text, FeedbackKind::Info);
            }
            FileEvent::Merged { restored, .. } => {
                if !restored.is_empty() {
                    let text = format!(
                        "{} {} of the audit that another program's save had dropped {} restored",
                        grouped(restored.len()),
                        plural(restored.len(), "label"),
                        if restored.len() == 1 { "was" } else { "were" }
                    );
                    report.feedback.say(text, FeedbackKind::Info);
                }
            }
            FileEvent::Gone { labels: gone } => {
                if gone > 0 {
                    // The labels of an audit cannot be given again without bias, so a deleted file is written again.
                    file.write_back();
                }
            }
            FileEvent::HistoryWritten => {}
            FileEvent::Unusable { message } => *trouble = Some(message),
        },
    );
}
