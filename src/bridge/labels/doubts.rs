//! Labels that are likely to be wrong: the list, going through it, and keeping or changing a label.

use std::collections::HashSet;

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::labels::request::LabelRequest;
use crate::bridge::labels::state::{LabelHistory, UserLabels};
use crate::bridge::learning::state::Learning;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::{IntentSystems, LabelSystems};
use crate::cloud::{CloudSystems, Reveal, Select, Selected};
use crate::ui::{FeedbackKind, Intent};
use ssvae_core::labels::Change;
use ssvae_core::propagation::Doubt;

pub struct DoubtsPlugin;

impl Plugin for DoubtsPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Doubts>()
            .add_systems(Update, answer.after(IntentSystems).before(LabelSystems))
            .add_systems(
                PostUpdate,
                collect
                    .after(CloudSystems::Ingest)
                    .before(EguiPostUpdateSet::EndPass),
            );
    }
}

/// Labels that contradict their neighbours and that the user has not confirmed, the most doubtful first.
#[derive(Resource, Default)]
pub struct Doubts {
    pub open: Vec<Doubt>,
    /// The last sample that was reached through the list: an action on it leads to the next one.
    reached: Option<u32>,
}

impl Doubts {
    /// The doubt about a sample, if there is one.
    pub fn of(&self, serial: u32) -> Option<&Doubt> {
        self.open.iter().find(|doubt| doubt.serial == serial)
    }

    /// The first one, or the one after the selected sample.
    fn next(&self, at: Option<u32>) -> Option<u32> {
        let place = self.open.iter().position(|doubt| Some(doubt.serial) == at);
        let after = self.open.get(place.map_or(0, |place| place + 1));
        after.or(self.open.first()).map(|doubt| doubt.serial)
    }
}

fn collect(
    labels: Option<Res<UserLabels>>,
    learning: Res<Learning>,
    history: Res<LabelHistory>,
    mut doubts: ResMut<Doubts>,
) {
    let Some(labels) = labels else { return };
    if !labels.is_changed() && !learning.is_changed() && !history.is_changed() {
        return;
    }
    let kept: HashSet<(u32, u8)> = history.journal.kept().collect();
    let is_open = |doubt: &&Doubt| {
        doubt.is_serious()
            && labels.0.get(doubt.serial) == Some(doubt.label)
            && !kept.contains(&(doubt.serial, doubt.label))
    };
    doubts.open = learning.doubts.iter().filter(is_open).copied().collect();
}

fn answer(
    mut intents: MessageReader<UserIntent>,
    selected: Res<Selected>,
    panels: Res<PanelState>,
    mut doubts: ResMut<Doubts>,
    mut feedback: ResMut<Feedback>,
    mut labels: MessageWriter<LabelRequest>,
    mut select: MessageWriter<Select>,
    mut reveal: MessageWriter<Reveal>,
) {
    for UserIntent(intent) in intents.read() {
        let at = selected.0;
        let to = match intent {
            Intent::NextDoubt => {
                let next = doubts.next(at);
                if next.is_none() {
                    feedback.say("No label is doubted by the others", FeedbackKind::Info);
                }
                next
            }
            Intent::GoInDoubts(serial) => Some(*serial),
            Intent::KeepLabel | Intent::TakeSuggestion | Intent::Label(_) | Intent::TakePrediction => {
                match (intent, at) {
                    (Intent::KeepLabel | Intent::TakeSuggestion, None) => {
                        feedback.say("No sample is selected", FeedbackKind::Info);
                        continue;
                    }
                    (Intent::KeepLabel, Some(serial)) => {
                        labels.write(LabelRequest::Keep(serial));
                    }
                    (Intent::TakeSuggestion, Some(serial)) => {
                        let Some(doubt) = doubts.of(serial) else {
                            feedback.say("The other labels suggest no other class here", FeedbackKind::Info);
                            continue;
                        };
                        labels.write(LabelRequest::Give(vec![Change {
                            serial,
                            label: Some(doubt.suggestion),
                        }]));
                    }
                    _ => {}
                }
                let leads_on = panels.0.preferences.advance && at.is_some() && doubts.reached == at;
                doubts.next(at).filter(|&next| leads_on && Some(next) != at)
            }
            _ => continue,
        };
        if let Some(serial) = to {
            doubts.reached = to;
            select.write(Select(to));
            reveal.write(Reveal(serial));
        }
    }
}
