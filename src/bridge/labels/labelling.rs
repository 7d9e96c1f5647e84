//! Label requests → the points' colours at once → labels.csv → the line that says what was saved or failed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

use crate::bridge::log::entry::LogEntry;
use crate::cloud::{ReplaceUserLabels, SetUserLabel};
use crate::ui::feedback::FeedbackKind;
use crate::ui::problem::Cause;
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{
    Action, Change, Journal, LabelEvent, LabelStore, Labels, Line, Opened, Problem, Reversal, Step,
};
use ssvae_core::training::message::Event;

use super::audit::{Audit, left_out};
use super::label_latency::Recoloured;
use super::merged::{Merged, tell_gone};
use crate::bridge::log::writer::Log;
use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::FromWorker;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::samples::classes::Classes;
use crate::bridge::samples::sample_query::LabelChanged;
use crate::bridge::{Start, Urgency, Wake};

/// What is to become of the labels.
#[derive(Message, Clone, Debug)]
pub enum LabelRequest {
    /// Label samples, or take their labels off, as one action.
    Give(Vec<Change>),
    /// Say that the label of a sample is right.
    Keep(u32),
    Undo,
    Redo,
}

/// Carries label requests out, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct LabelSystems;

/// Of an action of more samples than this, only the first is told when it is seen in its new colour.
const TOLD: usize = 100;

/// The user's labels as shown; those that the disk has not confirmed yet are counted in [`LabelFile`].
#[derive(Resource)]
pub struct UserLabels(pub Labels);

#[derive(Resource)]
pub struct LabelFile(pub LabelStore);

/// What the user has done to them.
#[derive(Resource, Default)]
pub struct History {
    pub journal: Journal,
    /// The last action, in words, until the disk has answered.
    saving: String,
}

pub struct LabellingPlugin;

impl Plugin for LabellingPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<LabelRequest>()
            .init_resource::<History>()
            .add_systems(PreUpdate, (open_labels, follow_file).chain())
            .add_systems(
                Update,
                carry_out
                    .in_set(LabelSystems)
                    .after(crate::bridge::panels::intents::Requests),
            );
    }
}

/// The labels can be read as soon as the number of samples is known.
fn open_labels(
    mut commands: Commands,
    start: Res<Start>,
    wake: Res<Wake>,
    mut events: MessageReader<FromWorker>,
    mut progress: ResMut<Progress>,
    mut history: ResMut<History>,
    mut log: MessageWriter<Log>,
) {
    for FromWorker(event) in events.read() {
        let Event::Dataset(dataset) = event else {
            continue;
        };
        let path = start.args.common.labels_path();
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

fn carry_out(
    mut requests: MessageReader<LabelRequest>,
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    (classes, audit): (Res<Classes>, Res<Audit>),
    mut history: ResMut<History>,
    mut feedback: ResMut<Feedback>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut recoloured: MessageWriter<Recoloured>,
    mut changed: MessageWriter<LabelChanged>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    for request in requests.read() {
        let (request, refused) = audit.admit(request);
        let mut planned = plan(&request, &labels.0, &mut history.journal, &|class| {
            classes.name(class)
        });
        let refused = refused.or(audit.keep_out(&mut planned.changes));
        let kept = |serial| planned.changes.iter().any(|change| change.serial == serial);
        planned
            .lines
            .iter_mut()
            .for_each(|line| line.keep_reversals(kept));
        planned.words = match refused {
            Some(refused) if planned.changes.is_empty() => left_out(refused),
            Some((_, count)) => format!("{} · {} of the audit left out", planned.words, grouped(count)),
            None => planned.words,
        };
        if planned.changes.is_empty() {
            file.0.request(&[], planned.lines);
            feedback.say(planned.words, FeedbackKind::Info);
            continue;
        }
        let count = planned.changes.len();
        let told = if count > TOLD { 1 } else { count };
        for (place, &Change { serial, label }) in planned.changes.iter().enumerate() {
            let before = labels.0.set(serial, label);
            let after = label;
            if before != after {
                changed.write(LabelChanged {
                    serial,
                    before,
                    after,
                });
            }
            recolour.write(SetUserLabel { serial, label });
            if place < told {
                recoloured.write(Recoloured { serial, label });
            }
        }
        match request {
            LabelRequest::Give(_) | LabelRequest::Keep(_) => {}
            LabelRequest::Undo => {
                log.write(Log(LogEntry::Undone { count }));
            }
            LabelRequest::Redo => {
                log.write(Log(LogEntry::Redone { count }));
            }
        }
        feedback.say(format!("{} · saving…", planned.words), FeedbackKind::Saving);
        history.saving = planned.words;
        file.0.request(&planned.changes, planned.lines);
    }
}

/// What a request comes to.
struct Plan {
    changes: Vec<Change>,
    /// What is saved, or why nothing is.
    words: String,
    /// What the history is told.
    lines: Vec<Line>,
}

/// Name of a class.
pub type Name<'a> = &'a dyn Fn(u8) -> String;

fn plan(request: &LabelRequest, labels: &Labels, journal: &mut Journal, name: Name) -> Plan {
    let reversed =
        |(reversal, lines): (Option<Reversal>, Vec<Line>), words: (&str, &str), state| match reversal {
            Some(Reversal { action, changes }) => {
                let left = match action.steps.len() - changes.len() {
                    0 => String::new(),
                    left => format!(" ({} changed elsewhere since, left alone)", grouped(left)),
                };
                let words = format!("{}: {}{left}", words.0, describe(&action, state, name));
                Plan {
                    changes,
                    words,
                    lines,
                }
            }
            None => Plan {
                changes: Vec::new(),
                words: words.1.into(),
                lines,
            },
        };
    match request {
        LabelRequest::Undo => reversed(journal.undo(labels), ("Undone", "Nothing to undo"), Tense::Past),
        LabelRequest::Redo => reversed(
            journal.redo(labels),
            ("Redone", "Nothing to redo"),
            Tense::Present,
        ),
        &LabelRequest::Keep(serial) => {
            let Some(label) = labels.get(serial) else {
                return Plan {
                    changes: Vec::new(),
                    words: format!("{} has no label", grouped(serial as usize)),
                    lines: Vec::new(),
                };
            };
            let step = Step {
                serial,
                before: Some(label),
                after: Some(label),
            };
            let action = Action::new(vec![step]);
            Plan {
                // Nothing that is in the file changes.
                changes: Vec::new(),
                words: describe(&action, Tense::Done, name),
                lines: vec![journal.record(action)],
            }
        }
        LabelRequest::Give(changes) => {
            let steps = changes.iter().filter_map(|&Change { serial, label }| {
                let before = labels.get(serial);
                (before != label).then_some(Step {
                    serial,
                    before,
                    after: label,
                })
            });
            let action = Action::new(steps.collect());
            if action.steps.is_empty() {
                return Plan {
                    changes: Vec::new(),
                    words: in_vain(changes, name),
                    lines: Vec::new(),
                };
            }
            let change = |step: &Step| Change {
                serial: step.serial,
                label: step.after,
            };
            Plan {
                changes: action.steps.iter().map(change).collect(),
                words: describe(&action, Tense::Done, name),
                lines: vec![journal.record(action)],
            }
        }
    }
}

fn in_vain(changes: &[Change], name: Name) -> String {
    let (who, is, has) = match changes {
        [] => return "No sample is selected".into(),
        [change] => (grouped(change.serial as usize), "is", "has"),
        many => (format!("All {} samples", grouped(many.len())), "are", "have"),
    };
    let first = changes.first().and_then(|change| change.label);
    match first.filter(|_| changes.iter().all(|change| change.label == first)) {
        Some(label) => format!("{who} {is} labelled {} already", name(label)),
        None if first.is_some() => format!("{who} {is} labelled so already"),
        None => format!("{who} {has} no label"),
    }
}

/// How an action is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// It has been done: `31,337 labelled 7`.
    Done,
    /// It has been taken back: `31,337 was 7`.
    Past,
    /// It holds again: `31,337 is 7`.
    Present,
}

/// An action in words.
pub fn describe(action: &Action, tense: Tense, name: Name) -> String {
    let (who, was, is) = match action.steps.as_slice() {
        [step] => (grouped(step.serial as usize), "was", "is"),
        steps => (format!("{} samples", grouped(steps.len())), "were", "are"),
    };
    let first = action.steps.first().and_then(|step| step.after);
    let label = match first {
        _ if action.steps.iter().any(|step| step.after != first) => "as predicted".into(),
        Some(label) => name(label),
        None => "without a label".into(),
    };
    if action.steps.iter().all(|step| step.before == step.after) {
        return format!("{who} kept as {label}");
    }
    match tense {
        Tense::Done if first.is_none() => format!("{who} {is} {label} now"),
        Tense::Done => format!("{who} labelled {label}"),
        Tense::Past => format!("{who} {was} {label}"),
        Tense::Present => format!("{who} {is} {label}"),
    }
}

fn follow_file(
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    (start, history): (Res<Start>, Res<History>),
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
                log.write_batch(tell_rows(
                    &start.args.common.labels_path(),
                    &problems,
                    &mut progress,
                ));
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
                tell_gone(gone, &start.args.common.labels_path(), &mut progress);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn give(serials: &[u32], label: Option<u8>) -> LabelRequest {
        let change = |&serial| Change { serial, label };
        LabelRequest::Give(serials.iter().map(change).collect())
    }

    #[test]
    fn what_is_done_and_undone_is_named() {
        let (mut labels, mut journal) = (Labels::new(20_000), Journal::default());
        let mut words = |request: LabelRequest| {
            let plan = plan(&request, &labels, &mut journal, &|class| format!("class {class}"));
            for change in &plan.changes {
                labels.set(change.serial, change.label);
            }
            (plan.changes.len(), plan.words)
        };
        let two = Change {
            serial: 2,
            label: Some(5),
        };
        let three = Change {
            serial: 3,
            label: Some(6),
        };
        for (request, count, expected) in [
            (give(&[10_794], Some(3)), 1, "10,794 labelled class 3"),
            (give(&[10_794], Some(3)), 0, "10,794 is labelled class 3 already"),
            (give(&[10_794, 8, 9], Some(3)), 2, "2 samples labelled class 3"),
            (
                give(&[10_794, 8, 9], Some(3)),
                0,
                "All 3 samples are labelled class 3 already",
            ),
            (give(&[], Some(3)), 0, "No sample is selected"),
            (LabelRequest::Undo, 2, "Undone: 2 samples were class 3"),
            (LabelRequest::Redo, 2, "Redone: 2 samples are class 3"),
            (LabelRequest::Redo, 0, "Nothing to redo"),
            (LabelRequest::Undo, 2, "Undone: 2 samples were class 3"),
            (LabelRequest::Undo, 1, "Undone: 10,794 was class 3"),
            (LabelRequest::Undo, 0, "Nothing to undo"),
            (
                LabelRequest::Give(vec![two, three]),
                2,
                "2 samples labelled as predicted",
            ),
            (give(&[2], None), 1, "2 is without a label now"),
            (give(&[2], None), 0, "2 has no label"),
            (LabelRequest::Undo, 1, "Undone: 2 was without a label"),
            (LabelRequest::Keep(2), 0, "2 kept as class 5"),
            (LabelRequest::Undo, 1, "Undone: 2 kept as class 5"),
            (LabelRequest::Redo, 1, "Redone: 2 kept as class 5"),
            (LabelRequest::Keep(7), 0, "7 has no label"),
        ] {
            assert_eq!(words(request), (count, expected.to_owned()));
        }
    }
}
