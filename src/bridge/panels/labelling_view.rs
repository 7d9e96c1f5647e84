//! What is labelled, what was labelled last, and what can be undone.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::feedback::Feedback;
use crate::bridge::labels::audit::Audit;
use crate::bridge::labels::labelling::{History, Tense, describe};
use crate::bridge::samples::chosen_images::Gallery;
use crate::bridge::samples::classes::Classes;
use crate::cloud::Chosen;
use crate::ui::feedback::FeedbackView;
use crate::ui::panels::chosen::ChosenView;
use crate::ui::panels::labelling::{HistoryView, LabellingView};
use ssvae_core::format::grouped;

#[derive(SystemParam)]
pub struct LabellingSources<'w> {
    chosen: Res<'w, Chosen>,
    images: Res<'w, Gallery>,
    audit: Res<'w, Audit>,
    history: Res<'w, History>,
    classes: Res<'w, Classes>,
    feedback: Res<'w, Feedback>,
}

impl LabellingSources<'_> {
    pub fn chosen(&self) -> ChosenView<'_> {
        ChosenView {
            serials: self.chosen.serials(),
            images: &self.images.0,
        }
    }

    pub fn labelling(&self) -> LabellingView<'_> {
        let feedback = self.feedback.0.as_ref();
        LabellingView {
            chosen: self.chosen.serials().len(),
            history: self.history(),
            feedback: feedback.map(|(text, kind)| FeedbackView { text, kind: *kind }),
        }
    }

    /// While an audit is on, its labels alone are undone, and nothing is redone.
    fn history(&self) -> HistoryView {
        let audited = self
            .audit
            .last()
            .map(|serial| format!("audit label of {}", grouped(serial as usize)));
        let on = self.audit.is_on();
        let done = self.history.journal.done().last().filter(|_| !on);
        let name = |class| self.classes.name(class);
        HistoryView {
            undo: audited.or_else(|| done.map(|action| describe(action, Tense::Done, &name))),
            redo: !self.history.journal.undone().is_empty() && !on,
        }
    }

    /// Samples whose labels were changed last, the newest first, each once.
    pub fn recent(&self) -> Vec<u32> {
        const MOST: usize = 12;
        // Who changes the same few samples again and again has fewer than fit.
        const ACTIONS: usize = 1000;
        let mut recent = Vec::new();
        let actions = self.history.journal.done().iter().rev().take(ACTIONS);
        for step in actions.flat_map(|action| action.steps.iter().rev().take(MOST)) {
            if !recent.contains(&step.serial) {
                recent.push(step.serial);
            }
            if recent.len() == MOST {
                break;
            }
        }
        recent
    }
}
