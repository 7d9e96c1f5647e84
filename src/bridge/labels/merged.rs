//! Cards for what other programs did to labels.csv, with buttons to undo it.

use bevy::prelude::*;

use crate::bridge::labels::request::LabelRequest;
use crate::bridge::labels::state::{LabelFile, UserLabels};
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::{IntentSystems, LabelSystems};
use crate::cloud::{Choose, Select};
use crate::ui::{Cause, Intent, Offer, Problems};
use ssvae_core::format::{grouped, plural};
use ssvae_core::labels::{Change, Step};

pub struct MergedPlugin;

impl Plugin for MergedPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Merged>()
            .add_systems(Update, answer.after(IntentSystems).before(LabelSystems));
    }
}

/// Labels of the user that other programs' saves lacked, since the card about them was last closed.
#[derive(Resource, Default)]
pub struct Merged {
    /// Put back: from the other program's label to the user's.
    restored: Vec<Step>,
    /// Deleted on purpose: from the user's label to none.
    deleted: Vec<Step>,
}

impl Merged {
    /// Adds a merge to the card.
    pub fn add(&mut self, restored: Vec<Step>, changed: Vec<Step>, problems: &mut Problems) {
        if !problems.has(Cause::Merged) {
            *self = Self::default();
        }
        let deleted = changed.into_iter().filter(|step| step.after.is_none());
        for step in deleted {
            self.restored.retain(|other| other.serial != step.serial);
            self.deleted.retain(|other| other.serial != step.serial);
            self.deleted.push(step);
        }
        for step in restored {
            self.deleted.retain(|other| other.serial != step.serial);
            self.restored.retain(|other| other.serial != step.serial);
            self.restored.push(step);
        }
        self.tell(problems);
    }

    fn tell(&self, problems: &mut Problems) {
        let count = |steps: &[Step]| format!("{} {}", grouped(steps.len()), plural(steps.len(), "label"));
        let was = |steps: &[Step]| if steps.len() == 1 { "was" } else { "were" };
        let mut parts = Vec::new();
        let mut offers = Vec::new();
        if !self.restored.is_empty() {
            parts.push(format!(
                "{} that another program's save had dropped {} restored",
                count(&self.restored),
                was(&self.restored)
            ));
            offers.push(Offer::TakeOut);
        }
        if !self.deleted.is_empty() {
            parts.push(format!(
                "{} {} deleted by another program",
                count(&self.deleted),
                was(&self.deleted)
            ));
            offers.push(Offer::PutBack);
        }
        problems.mended(Cause::Merged);
        if !parts.is_empty() {
            offers.insert(0, Offer::Review);
            problems.offer(Cause::Merged, parts.join(" · "), offers);
        }
    }
}

/// Shows the card for a file that is gone with so many labels, or removes it (0).
pub fn tell_gone(labels: usize, path: &std::path::Path, problems: &mut Problems) {
    problems.mended(Cause::LabelsGone);
    if labels > 0 {
        let title = format!(
            "{}: {} → 0 labels; the file is gone",
            path.display(),
            grouped(labels)
        );
        problems.offer(Cause::LabelsGone, title, vec![Offer::WriteBack]);
    }
}

fn answer(
    mut intents: MessageReader<UserIntent>,
    mut merged: ResMut<Merged>,
    mut problems: ResMut<ProblemCards>,
    (file, labels): (Option<Res<LabelFile>>, Option<Res<UserLabels>>),
    mut requests: MessageWriter<LabelRequest>,
    mut select: MessageWriter<Select>,
    mut choose: MessageWriter<Choose>,
) {
    let (Some(file), Some(labels)) = (file, labels) else {
        return;
    };
    // A sample that has another label by now keeps it.
    let take_back = |steps: &[Step]| {
        let steps = steps
            .iter()
            .filter(|step| labels.0.get(step.serial) == step.after);
        let change = |step: &Step| Change {
            serial: step.serial,
            label: step.before,
        };
        LabelRequest::Give(steps.map(change).collect())
    };
    for UserIntent(intent) in intents.read() {
        let Intent::Accept(offer) = intent else { continue };
        match offer {
            Offer::Review => {
                let steps = merged.restored.iter().chain(&merged.deleted);
                select.write(Select(None));
                choose.write(Choose(steps.map(|step| step.serial).collect()));
            }
            Offer::TakeOut => {
                let steps = std::mem::take(&mut merged.restored);
                requests.write(take_back(&steps));
                merged.tell(&mut problems);
            }
            Offer::PutBack => {
                let steps = std::mem::take(&mut merged.deleted);
                requests.write(take_back(&steps));
                merged.tell(&mut problems);
            }
            Offer::WriteBack => file.0.write_back(),
        }
    }
}
