//! Label requests → the points' colours at once → labels.csv → the line that says what was saved or failed.

use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

use crate::cloud::{ReplaceUserLabels, SetUserLabel};
use crate::event_log::LogEntry;
use crate::labels::{Action, Change, Journal, JournalError, LabelEvent, LabelStore, Labels, Reversal, Step};
use crate::overlay::number::{grouped, plural};
use crate::overlay::state::FeedbackKind;
use crate::training::message::Event;

use super::event_log::Log;
use super::known::LabelChanged;
use super::progress::Progress;
use super::recoloured::Recoloured;
use super::worker::FromWorker;
use super::{Start, Urgency, Wake};

/// What is to become of the labels.
#[derive(Message, Clone, Debug)]
pub enum LabelRequest {
    /// Label samples, or take their labels off, as one action.
    Give {
        serials: Vec<u32>,
        label: Option<u8>,
    },
    Undo,
    Redo,
}

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
            .add_systems(Update, carry_out.after(super::intents::Requests));
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
        let (store, labels, mut problems) = LabelStore::open(&path, dataset.len(), wake);
        let (journal, unread) = Journal::open(&path);
        history.journal = journal;
        problems.extend(unread.map(|error| error.to_string()));
        for problem in problems {
            log.write(Log(LogEntry::Error {
                message: problem.clone(),
            }));
            progress.report(problem);
        }
        commands.insert_resource(LabelFile(store));
        commands.insert_resource(UserLabels(labels));
    }
}

fn carry_out(
    mut requests: MessageReader<LabelRequest>,
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    mut history: ResMut<History>,
    mut progress: ResMut<Progress>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut recoloured: MessageWriter<Recoloured>,
    mut changed: MessageWriter<LabelChanged>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    for request in requests.read() {
        let planned = plan(request, &labels.0, &mut history.journal);
        if let Err(error) = planned.kept {
            progress.report(error.to_string());
        }
        if planned.changes.is_empty() {
            progress.feedback = Some((planned.words, FeedbackKind::Info));
            continue;
        }
        for &Change { serial, label } in &planned.changes {
            let before = labels.0.set(serial, label);
            let after = label;
            changed.write(LabelChanged {
                serial,
                before,
                after,
            });
            recolour.write(SetUserLabel { serial, label });
            recoloured.write(Recoloured { serial, label });
        }
        let count = planned.changes.len();
        match request {
            LabelRequest::Give { .. } => {}
            LabelRequest::Undo => {
                log.write(Log(LogEntry::Undone { count }));
            }
            LabelRequest::Redo => {
                log.write(Log(LogEntry::Redone { count }));
            }
        }
        progress.feedback = Some((format!("Saving {}…", planned.words), FeedbackKind::Saving));
        history.saving = planned.words;
        file.0.request(&planned.changes);
    }
}

/// What a request comes to.
struct Plan {
    changes: Vec<Change>,
    /// What is saved, or why nothing is.
    words: String,
    kept: Result<(), JournalError>,
}

fn plan(request: &LabelRequest, labels: &Labels, journal: &mut Journal) -> Plan {
    let reversed = |(reversal, kept): (Option<Reversal>, _), done: &str| {
        let (changes, words) = match reversal {
            Some(Reversal { action, changes }) => {
                let left = action.steps.len() - changes.len();
                let left = match left {
                    0 => String::new(),
                    left => format!(" ({left} changed elsewhere since, left alone)"),
                };
                (changes, format!("{done}: {}{left}", describe(&action)))
            }
            None => (Vec::new(), format!("Nothing to {}", done.trim_end_matches("ne"))),
        };
        Plan { changes, words, kept }
    };
    match request {
        LabelRequest::Undo => reversed(journal.undo(labels), "undone"),
        LabelRequest::Redo => reversed(journal.redo(labels), "redone"),
        LabelRequest::Give { serials, label } => {
            let steps = serials.iter().filter_map(|&serial| {
                let before = labels.get(serial);
                (before != *label).then_some(Step {
                    serial,
                    before,
                    after: *label,
                })
            });
            let action = Action {
                steps: steps.collect(),
            };
            if action.steps.is_empty() {
                return Plan {
                    changes: Vec::new(),
                    words: in_vain(serials, *label),
                    kept: Ok(()),
                };
            }
            let change = |step: &Step| Change {
                serial: step.serial,
                label: step.after,
            };
            Plan {
                changes: action.steps.iter().map(change).collect(),
                words: describe(&action),
                kept: journal.record(action),
            }
        }
    }
}

fn in_vain(serials: &[u32], label: Option<u8>) -> String {
    let who = match serials {
        [] => return "No sample is selected".into(),
        [serial] => format!("{serial} "),
        many => format!("All {} ", grouped(many.len())),
    };
    let (is, has) = if serials.len() == 1 {
        ("is", "has")
    } else {
        ("are", "have")
    };
    match label {
        Some(label) => format!("{who}{is} labelled {label} already"),
        None => format!("{who}{has} no label"),
    }
}

/// An action in words: `31337 = 7`, `40 samples = 7`.
pub fn describe(action: &Action) -> String {
    let who = match action.steps.as_slice() {
        [step] => step.serial.to_string(),
        steps => format!("{} {}", grouped(steps.len()), plural(steps.len(), "sample")),
    };
    match action.steps.first().and_then(|step| step.after) {
        Some(label) => format!("{who} = {label}"),
        None => format!("{who} without a label"),
    }
}

fn follow_file(
    file: Option<Res<LabelFile>>,
    labels: Option<ResMut<UserLabels>>,
    history: Res<History>,
    mut progress: ResMut<Progress>,
    mut recolour: MessageWriter<SetUserLabel>,
    mut changed: MessageWriter<LabelChanged>,
    mut replace: MessageWriter<ReplaceUserLabels>,
    mut log: MessageWriter<Log>,
) {
    let (Some(file), Some(mut labels)) = (file, labels) else {
        return;
    };
    while let Ok(event) = file.0.events().try_recv() {
        match event {
            LabelEvent::Saved { change, elapsed } => {
                log.write(labelled(change, true, elapsed));
                if file.0.pending() == 0 {
                    progress.feedback = Some((format!("Saved {}", history.saving), FeedbackKind::Saved));
                }
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
                progress.feedback = Some((format!("Not saved: {message}"), FeedbackKind::Failed));
                progress.report(message);
            }
            LabelEvent::Reloaded {
                labels: new,
                problems,
            } => {
                for problem in problems {
                    progress.report(problem.message);
                }
                log.write(Log(LogEntry::LabelsReloaded {
                    labelled: new.labelled(),
                }));
                let text = format!(
                    "labels.csv was changed by another program: {} labels",
                    new.labelled()
                );
                progress.feedback = Some((text, FeedbackKind::Info));
                labels.0 = new;
                file.0.overlay(&mut labels.0);
                replace.write(ReplaceUserLabels(Arc::new(labels.0.as_slice().to_vec())));
            }
            LabelEvent::Problem { message } => {
                log.write(Log(LogEntry::Error {
                    message: message.clone(),
                }));
                progress.report(message);
            }
        }
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

    fn give(serials: &[u32], label: u8) -> LabelRequest {
        LabelRequest::Give {
            serials: serials.to_vec(),
            label: Some(label),
        }
    }

    #[test]
    fn what_is_done_and_undone_is_named() {
        let (mut labels, mut journal) = (Labels::new(100), Journal::default());
        let mut words = |request: LabelRequest| {
            let plan = plan(&request, &labels, &mut journal);
            for change in &plan.changes {
                labels.set(change.serial, change.label);
            }
            (plan.changes.len(), plan.words)
        };
        for (request, count, expected) in [
            (give(&[7], 3), 1, "7 = 3"),
            (give(&[7], 3), 0, "7 is labelled 3 already"),
            (give(&[7, 8, 9], 3), 2, "2 samples = 3"),
            (give(&[7, 8, 9], 3), 0, "All 3 are labelled 3 already"),
            (give(&[], 3), 0, "No sample is selected"),
            (LabelRequest::Undo, 2, "undone: 2 samples = 3"),
            (LabelRequest::Redo, 2, "redone: 2 samples = 3"),
            (LabelRequest::Redo, 0, "Nothing to redo"),
            (LabelRequest::Undo, 2, "undone: 2 samples = 3"),
            (LabelRequest::Undo, 1, "undone: 7 = 3"),
            (LabelRequest::Undo, 0, "Nothing to undo"),
        ] {
            assert_eq!(words(request), (count, expected.to_owned()));
        }
    }
}
