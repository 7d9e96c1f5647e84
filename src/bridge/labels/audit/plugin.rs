//! Carries out intents while an audit is on, before any other system reads them. The audited sample is not selected, so
//! that neither the cloud nor its neighbours reveal it.

use bevy::ecs::message::MessageCursor;
use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::file;
use super::state::Audit;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::samples::classes::Classes;
use crate::bridge::sets::{IntentSystems, KeyPressSystems};
use crate::bridge::start::Start;
use crate::cloud::{Choose, Chosen, Select, Selected};
use crate::ui::{FeedbackKind, Intent, ResultsOf, SideName, TrainingTab};
use ssvae_core::evaluation::{DRAWN, draw};
use ssvae_core::format::grouped;

pub struct AuditPlugin;

impl Plugin for AuditPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Audit>()
            .add_systems(
                PreUpdate,
                (file::open, file::follow)
                    .chain()
                    .after(crate::bridge::sets::WorkerEventSystems),
            )
            .add_systems(Update, answer.after(KeyPressSystems).before(IntentSystems));
    }
}

/// What the audit needs to carry out intents.
#[derive(SystemParam)]
struct AuditControls<'w> {
    audit: ResMut<'w, Audit>,
    labels: Option<Res<'w, UserLabels>>,
    selected: Res<'w, Selected>,
    chosen: Res<'w, Chosen>,
    start: Res<'w, Start>,
    classes: Res<'w, Classes>,
    panels: ResMut<'w, PanelState>,
    feedback: ResMut<'w, Feedback>,
    select: MessageWriter<'w, Select>,
    choose: MessageWriter<'w, Choose>,
}

/// Removes the intents that concern the audit, so that no other system carries them out.
fn answer(
    mut intents: ResMut<Messages<UserIntent>>,
    mut cursor: Local<MessageCursor<UserIntent>>,
    mut controls: AuditControls,
) {
    let new: Vec<UserIntent> = cursor.read(&intents).cloned().collect();
    let all = new.len();
    let others: Vec<UserIntent> = new
        .into_iter()
        .filter(|UserIntent(intent)| !controls.takes(intent))
        .collect();
    if others.len() < all {
        // All other systems have read the earlier ones already.
        intents.clear();
        intents.write_batch(others);
        cursor.clear(&intents);
    }
}

impl AuditControls<'_> {
    /// Carries out an intent that concerns the audit; returns whether it did.
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
                self.say("An audit asks for a label of each sample: take the most likely class");
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

    /// Whether other samples are selected than the one of the audit.
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
        let drawn = draw(eligible, DRAWN, self.start.options.seed);
        if drawn.is_empty() {
            return self.say("Nothing is left to draw: every sample has a label");
        }
        self.audit.drawn = drawn;
        self.audit.given.clear();
        self.audit.version += 1;
        self.panels.0.preferences.open(SideName::Right);
        self.panels.0.image_grid.open = false;
        self.show();
    }

    /// Clears the selection, so that the panel shows the sample of the audit.
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
            self.panels.0.tab = TrainingTab::Results;
            self.panels.0.results = ResultsOf::Audit;
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
