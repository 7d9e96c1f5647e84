//! What is labelled, what was labelled last, and what can be undone.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use crate::bridge::labels::audit::state::Audit;
use crate::bridge::labels::state::LabelHistory;
use crate::bridge::labels::wording::{Tense, describe};
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::samples::chosen_images::Gallery;
use crate::bridge::samples::classes::Classes;
use crate::cloud::Chosen;
use crate::ui::{ChosenView, FeedbackView, HistoryView, LabellingView};
use ssvae_core::format::grouped;

/// What the views of labelling are built from.
#[derive(SystemParam)]
pub struct LabellingSources<'w> {
    chosen: Res<'w, Chosen>,
    images: Res<'w, Gallery>,
    audit: Res<'w, Audit>,
    history: Res<'w, LabelHistory>,
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
            used: self.used(),
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

    /// Classes by which labels were given last, the newest first, each once.
    fn used(&self) -> Vec<u8> {
        // As for the samples below.
        const ACTIONS: usize = 1000;
        let mut used = Vec::new();
        for action in self.history.journal.done().iter().rev().take(ACTIONS) {
            if let Some(class) = action.steps.iter().rev().find_map(|step| step.after)
                && !used.contains(&class)
            {
                used.push(class);
            }
        }
        used
    }

    /// Samples whose labels were changed last, the newest first, each once.
    pub fn recent(&self) -> Vec<u32> {
        const MOST: usize = 12;
        // The search is bounded where the same few samples were changed again and again.
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

#[cfg(test)]
mod tests {
    use bevy::ecs::system::RunSystemOnce;

    use super::*;
    use ssvae_core::labels::{Action, Step};

    /// What a session shows in which these samples were labelled 7, each group by one key.
    fn shown(groups: &[&[u32]]) -> (Vec<u32>, Option<String>, bool) {
        let mut world = World::new();
        world.init_resource::<Chosen>();
        world.init_resource::<Gallery>();
        world.init_resource::<Audit>();
        world.init_resource::<Classes>();
        world.init_resource::<Feedback>();
        let mut history = LabelHistory::default();
        for serials in groups {
            let steps = serials.iter().map(|&serial| Step {
                serial,
                before: None,
                after: Some(7),
            });
            history.journal.record(Action::new(steps.collect()));
        }
        world.insert_resource(history);
        let view = |sources: LabellingSources| {
            let view = sources.labelling();
            (sources.recent(), view.history.undo, view.history.redo)
        };
        world.run_system_once(view).unwrap()
    }

    #[test]
    fn recent_samples_are_listed_once_with_the_newest_first() {
        assert_eq!(shown(&[]), (vec![], None, false));
        let (recent, undo, redo) = shown(&[&[5], &[6, 7], &[5], &[9]]);
        assert_eq!(recent, [9, 5, 7, 6]);
        assert_eq!(undo.as_deref(), Some("9 labelled 7"));
        assert!(!redo);
        let many: Vec<u32> = (0..100).collect();
        let (recent, undo, _) = shown(&[&many]);
        assert_eq!(recent, (88..100).rev().collect::<Vec<u32>>());
        assert_eq!(undo.as_deref(), Some("100 samples labelled 7"));
    }
}
