//! What the thread of a labels file tells, as far as it is the same for the user's labels and for the audit's.

use std::time::Duration;

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::ui::{Cause, FeedbackKind};
use ssvae_core::labels::{Change, LabelEvent, LabelStore, Labels, Problem, Step};

/// Which of the two files it is.
#[derive(Clone, Copy)]
pub struct FileKind {
    /// The line of the log for a label that was saved, or was not, after so many milliseconds.
    pub entry: fn(Change, bool, f64) -> LogEntry,
    /// The cards for labels that cannot be saved.
    pub saving: Cause,
    /// The cards for the file as a whole.
    pub file: Cause,
}

/// What is left to its owner.
pub enum FileEvent {
    /// A label was not saved; what is in the file holds again.
    Reverted { serial: u32, before: Option<u8> },
    /// Another program has changed the file: so many labels, and the rows that cannot be used.
    Reloaded { labelled: usize, rows: Vec<Problem> },
    /// Another program's save was merged.
    Merged { restored: Vec<Step>, changed: Vec<Step> },
    /// The file is gone with so many labels, or with 0 it is back.
    Gone { labels: usize },
    /// The history is written again.
    HistoryWritten,
    /// The file cannot be used.
    Unusable { message: String },
}

/// Where all of it is told.
#[derive(SystemParam)]
pub struct FileReport<'w> {
    pub problems: ResMut<'w, ProblemCards>,
    pub feedback: ResMut<'w, Feedback>,
    pub log: MessageWriter<'w, Log>,
}

impl FileReport<'_> {
    /// Tells of all that has happened to a file, and brings `labels` up to date; `saving` is the last action in words.
    pub fn follow(
        &mut self,
        (file, kind): (&LabelStore, FileKind),
        labels: &mut Labels,
        saving: &str,
        mut owner: impl FnMut(&mut Self, &mut Labels, FileEvent),
    ) {
        let (mut saved, mut failed) = (false, false);
        while let Ok(event) = file.events().try_recv() {
            match event {
                LabelEvent::Saved { change, elapsed } => {
                    self.log_change(kind, change, true, elapsed);
                    saved = true;
                }
                LabelEvent::Failed {
                    change,
                    current,
                    message,
                } => {
                    self.log_change(kind, change, false, Duration::ZERO);
                    self.log_error(&message);
                    let serial = change.serial;
                    let before = labels.set(serial, current);
                    // A newer request for the same sample may be on its way.
                    file.overlay(labels);
                    (saved, failed) = (false, true);
                    self.feedback
                        .say(format!("Not saved: {message}"), FeedbackKind::Failed);
                    self.problems.report(kind.saving, message);
                    owner(self, labels, FileEvent::Reverted { serial, before });
                }
                LabelEvent::Reloaded {
                    labels: new,
                    problems: rows,
                } => {
                    self.problems.mended(kind.file);
                    let labelled = new.labelled();
                    *labels = new;
                    file.overlay(labels);
                    owner(self, labels, FileEvent::Reloaded { labelled, rows });
                }
                LabelEvent::Merged { restored, changed } => {
                    self.log.write(Log(LogEntry::LabelsMerged {
                        restored: restored.len(),
                        changed: changed.len(),
                    }));
                    owner(self, labels, FileEvent::Merged { restored, changed });
                }
                LabelEvent::Gone { labels: gone } => {
                    self.log.write(Log(LogEntry::LabelsGone { labels: gone }));
                    owner(self, labels, FileEvent::Gone { labels: gone });
                }
                LabelEvent::History { trouble: None } => owner(self, labels, FileEvent::HistoryWritten),
                LabelEvent::History {
                    trouble: Some(message),
                } => {
                    self.log_error(&message);
                    self.problems.report(Cause::BesideLabels, message);
                }
                LabelEvent::Problem { message } => {
                    self.log_error(&message);
                    self.problems.report(kind.file, message.clone());
                    owner(self, labels, FileEvent::Unusable { message });
                }
            }
        }
        if saved && file.pending() == 0 {
            if !failed {
                self.problems.mended(kind.saving);
            }
            self.feedback
                .say(format!("{saving} · saved"), FeedbackKind::Saved);
        }
    }

    pub fn log_error(&mut self, message: &str) {
        self.log.write(Log(LogEntry::Error {
            message: message.to_owned(),
        }));
    }

    fn log_change(&mut self, kind: FileKind, change: Change, saved: bool, elapsed: Duration) {
        self.log
            .write(Log((kind.entry)(change, saved, elapsed.as_secs_f64() * 1e3)));
    }
}
