//! A click on a cell of the confusion matrix of the propagated labels selects its samples.

use bevy::prelude::*;

use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::bridge::sets::IntentSystems;
use crate::cloud::Choose;
use crate::ui::{FeedbackKind, Intent};

pub struct ConfusionCellsPlugin;

impl Plugin for ConfusionCellsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, choose.after(IntentSystems));
    }
}

fn choose(
    mut intents: MessageReader<UserIntent>,
    samples: SampleQuery,
    mut choose: MessageWriter<Choose>,
    mut feedback: ResMut<Feedback>,
) {
    for UserIntent(intent) in intents.read() {
        let Intent::ChooseCell { truth, propagated } = *intent else {
            continue;
        };
        let within = |serial: &u32| {
            let facts = samples.facts(*serial);
            facts.user.is_none() && (facts.truth, facts.propagated) == (Some(truth), Some(propagated))
        };
        let serials: Vec<u32> = samples.shown().filter(within).collect();
        if serials.is_empty() {
            feedback.say("The filter shows none of these samples", FeedbackKind::Info);
        } else {
            choose.write(Choose(serials));
        }
    }
}
