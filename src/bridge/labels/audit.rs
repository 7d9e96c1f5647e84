//! The audit: samples that are drawn at random and labelled blind, into a file of their own. What the user asks for while it is
//! on comes here before anybody else reads it. Its sample is selected nowhere, so that neither cloud nor neighbours point at it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bevy::ecs::message::MessageCursor;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::log::entry::LogEntry;
use crate::cloud::{Choose, Chosen, Select, Selected};
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::Intent;
use crate::ui::preferences::SideName;
use crate::ui::problem::Cause;
use crate::ui::ui_state::{ResultsOf, TrainingTab};
use ssvae_core::evaluation::{DRAWN, draw};
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{
    Action, Change, LabelEvent, LabelStore, Labels, Line, Opened, Problem, Step, audit_path,
};
use ssvae_core::training::message::Event;

use super::labelling::{LabelRequest, UserLabels};
use crate::bridge::log::writer::Log;
use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::FromWorker;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::intents::{Requests, UserIntent};
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::samples::classes::Classes;
use crate::bridge::{Start, Urgency, Wake};
use crate::platform::keyboard::Pressed;

pub struct AuditPlugin;

impl Plugin for AuditPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Audit>()
            .add_systems(PreUpdate, (open, follow_file).chain())
            .add_systems(Update, answer.after(Pressed).before(Requests));
    }
}

/// The audited samples, and the audit that is on.
#[derive(Resource, Default)]
pub struct Audit {
    labels: Labels,
    file: Option<LabelStore>,
    /// Why the file cannot be used, while it cannot: then nobody knows what was drawn before.
    trouble: Option<String>,
    /// Samples of the audit that is on, in the order in which they are asked for; empty where none is.
    drawn: Vec<u32>,
    /// Those that were labelled in it, the last one last.
    given: Vec<u32>,
    /// Rises with the samples that are held out and with their labels.
    version: u64,
    /// The last label, in words, until the disk has answered.
    saving: String,
}

impl Audit {
    pub fn is_on(&self) -> bool {
        !self.drawn.is_empty()
    }

    /// Labels that nothing learns from.
    pub fn labels(&self) -> &Labels {
        &self.labels
    }

    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a sample is audited, or drawn to be.
    pub fn holds(&self, serial: u32) -> bool {
        self.labels.get(serial).is_some() || self.is_blind(serial)
    }

    /// Whether nothing may be told of a sample, because it belongs to the audit that is on.
    pub fn is_blind(&self, serial: u32) -> bool {
        self.drawn.contains(&serial)
    }

    /// The sample that is to be labelled.
    pub fn current(&self) -> Option<u32> {
        let mut drawn = self.drawn.iter().copied();
        drawn.find(|&serial| self.labels.get(serial).is_none())
    }

    /// How many of the audit that is on are labelled, and of how many.
    pub fn progress(&self) -> Option<(usize, usize)> {
        let labelled = |serial: &&u32| self.labels.get(**serial).is_some();
        self.is_on()
            .then(|| (self.drawn.iter().filter(labelled).count(), self.drawn.len()))
    }

    /// The sample whose label is taken back next.
    pub fn last(&self) -> Option<u32> {
        self.given.last().copied()
    }

    /// A request without the labels that would teach samples of the audit, and one of these samples and their number.
    pub fn admit(&self, request: &LabelRequest) -> (LabelRequest, Option<(u32, usize)>) {
        let LabelRequest::Give(changes) = request else {
            return (request.clone(), None);
        };
        let mut changes = changes.clone();
        let left_out = self.keep_out(&mut changes);
        (LabelRequest::Give(changes), left_out)
    }

    /// Takes the labels out that would teach samples of the audit; returns one of these samples and their number.
    pub fn keep_out(&self, changes: &mut Vec<Change>) -> Option<(u32, usize)> {
        let teaches = |change: &Change| change.label.is_some() && self.holds(change.serial);
        let first = changes.iter().find(|change| teaches(change))?.serial;
        let all = changes.len();
        changes.retain(|change| !teaches(change));
        Some((first, all - changes.len()))
    }

    fn set(&mut self, serial: u32, label: Option<u8>) {
        self.labels.set(serial, label);
        self.version += 1;
    }

    /// Puts a label into the file, or takes it out.
    fn write(&mut self, serial: u32, label: Option<u8>) {
        let before = self.labels.get(serial);
        self.set(serial, label);
        if let Some(file) = &self.file {
            let step = Step {
                serial,
                before,
                after: label,
            };
            let action = Action::new(vec![step]);
            file.request(&[Change { serial, label }], vec![Line::Done(action)]);
        }
    }

    /// Its own labels file, once it is open.
    pub fn file(&self) -> Option<&LabelStore> {
        self.file.as_ref()
    }

    #[cfg(test)]
    pub fn pending(&self) -> usize {
        self.file().map_or(0, LabelStore::pending)
    }
}

/// What is said of labels that [`Audit::admit`] has left out.
pub fn left_out((serial, count): (u32, usize)) -> String {
    match count {
        1 => format!(
            "Sample {} belongs to the audit; its label is kept out of training",
            grouped(serial as usize)
        ),
        _ => format!(
            "{} samples belong to the audit; their labels are kept out of training",
            grouped(count)
        ),
    }
}

fn open(
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
        let path = audit_path(&start.args.common.labels_path());
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
    let path = audit_path(&start.args.common.labels_path());
    Some(format!(
        "{}: {} {} cannot be used, the first in line {} ({}); correct or delete them",
        path.display(),
        grouped(rows.len()),
        plural(rows.len(), "row"),
        grouped(first.line),
        first.fault
    ))
}

fn follow_file(
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

/// Whatever is asked for while the audit is on goes by its hands.
#[derive(SystemParam)]
struct Desk<'w> {
    audit: ResMut<'w, Audit>,
    labels: Option<Res<'w, UserLabels>>,
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    start: Res<'w, Start>,
    classes: Res<'w, Classes>,
    form: ResMut<'w, PanelState>,
    feedback: ResMut<'w, Feedback>,
    select: MessageWriter<'w, Select>,
    choose: MessageWriter<'w, Choose>,
}

/// Takes what is the audit's out of what was asked for, so that nobody else carries it out, too.
fn answer(
    mut asked: ResMut<Messages<UserIntent>>,
    mut cursor: Local<MessageCursor<UserIntent>>,
    mut desk: Desk,
) {
    let new: Vec<UserIntent> = cursor.read(&asked).cloned().collect();
    let all = new.len();
    let others: Vec<UserIntent> = new.into_iter().filter(|asked| !desk.takes(&asked.0)).collect();
    if others.len() < all {
        // All but the new ones have been read by everybody.
        asked.clear();
        asked.write_batch(others);
        cursor.clear(&asked);
    }
}

impl Desk<'_> {
    /// Carries out what is the audit's; returns whether it was.
    fn takes(&mut self, intent: &Intent) -> bool {
        match intent {
            Intent::Audit if self.audit.is_on() => self.show(),
            Intent::Audit => self.begin(),
            Intent::EndAudit if self.audit.is_on() => self.end(),
            Intent::EndAudit => self.say("No audit is on"),
            _ if !self.audit.is_on() => return false,
            Intent::Next if self.audit.current().is_none() => self.end(),
            Intent::Next => self.show(),
            Intent::Undo => self.take_back(),
            Intent::Redo => self.say("An audit has no redo: label the sample again"),
            Intent::Skip => self.say("An audit skips nothing: to leave samples out would bias it"),
            Intent::Unsure => {
                self.say("An audit asks for a label of each sample: take the most likely class")
            }
            Intent::Label(_) | Intent::TakePrediction | Intent::KeepLabel | Intent::TakeSuggestion
                if self.is_away() =>
            {
                self.say("While the audit is on only its samples are labelled: N goes back to it");
            }
            Intent::Label(Some(class)) => self.label(*class),
            Intent::Label(None) => self.say("Ctrl+Z takes the last label of the audit back"),
            Intent::TakePrediction | Intent::KeepLabel | Intent::TakeSuggestion => {
                self.say("An audit hides what is predicted: press the digit that you see");
            }
            _ => return false,
        }
        true
    }

    /// Whether something else is selected than the sample of the audit.
    fn is_away(&self) -> bool {
        self.selected.0.is_some() || !self.chosen.serials().is_empty()
    }

    fn say(&mut self, text: &str) {
        self.feedback.say(text, FeedbackKind::Info);
    }

    fn begin(&mut self) {
        let Some(labels) = self.labels.as_ref().filter(|_| self.audit.file.is_some()) else {
            return self.say("The images are not read yet");
        };
        if let Some(trouble) = self.audit.trouble.clone() {
            return self.say(&trouble);
        }
        let free = |serial: &u32| labels.0.get(*serial).is_none() && self.audit.labels.get(*serial).is_none();
        let eligible = (0..labels.0.len() as u32).filter(free);
        let drawn = draw(eligible, DRAWN, self.start.args.common.seed);
        if drawn.is_empty() {
            return self.say("Nothing is left to draw: every sample has a label");
        }
        self.audit.drawn = drawn;
        self.audit.given.clear();
        self.audit.version += 1;
        self.form.0.preferences.open(SideName::Right);
        self.form.0.image_grid.open = false;
        self.show();
    }

    /// Lets go of whatever else is selected: the panel shows the sample of the audit then.
    fn show(&mut self) {
        self.select.write(Select(None));
        self.choose.write(Choose(Vec::new()));
        let Some((done, of)) = self.audit.progress() else {
            return;
        };
        let text = match self.audit.current() {
            Some(_) => format!("Audit, sample {} of {of}: press the digit that you see", done + 1),
            None => DONE.to_owned(),
        };
        self.say(&text);
    }

    fn label(&mut self, class: u8) {
        let Some(serial) = self.audit.current() else {
            return self.say(DONE);
        };
        self.audit.write(serial, Some(class));
        self.audit.given.push(serial);
        let (done, of) = self.audit.progress().unwrap_or_default();
        let end = if done == of { ". N ends the audit" } else { "" };
        let words = format!(
            "Audit, {done} of {of}: {} labelled {}{end}",
            grouped(serial as usize),
            self.classes.name(class)
        );
        self.saving(words);
    }

    fn take_back(&mut self) {
        let Some(serial) = self.audit.given.pop() else {
            return self.say("No label of this audit is left to take back");
        };
        self.audit.write(serial, None);
        self.saving(format!("Audit: label of {} taken back", grouped(serial as usize)));
    }

    fn saving(&mut self, words: String) {
        self.feedback
            .say(format!("{words} · saving…"), FeedbackKind::Saving);
        self.audit.saving = words;
    }

    fn end(&mut self) {
        let (done, of) = self.audit.progress().unwrap_or_default();
        self.audit.drawn.clear();
        self.audit.given.clear();
        self.audit.version += 1;
        if done > 0 {
            self.form.0.tab = TrainingTab::Results;
            self.form.0.results = ResultsOf::Audit;
        }
        let text = match done {
            0 => "The audit has ended without a label".to_owned(),
            _ if done < of => {
                format!("The audit has ended: {done} of {of} are labelled and count, the others are dropped")
            }
            _ => format!("The audit has ended: all {of} are labelled"),
        };
        self.say(&text);
    }
}

const DONE: &str = "All samples of the audit are labelled: N ends it, Ctrl+Z takes the last label back";
