//! A cell of the confusion matrix of what is propagated → its samples are the chosen ones.

use bevy::prelude::*;

use crate::cloud::Choose;
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::Intent;

use super::sample_query::SampleQuery;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::intents::{Requests, UserIntent};

pub struct ConfusionCellsPlugin;

impl Plugin for ConfusionCellsPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, choose.after(Requests));
    }
}

fn choose(
    mut asked: MessageReader<UserIntent>,
    known: SampleQuery,
    mut choose: MessageWriter<Choose>,
    mut feedback: ResMut<Feedback>,
) {
    for UserIntent(intent) in asked.read() {
        let Intent::ChooseCell { truth, propagated } = *intent else {
            continue;
        };
        let within = |serial: &u32| {
            let facts = known.facts(*serial);
            facts.user.is_none() && (facts.truth, facts.propagated) == (Some(truth), Some(propagated))
        };
        let serials: Vec<u32> = known.shown().filter(within).collect();
        if serials.is_empty() {
            feedback.say("The filter shows none of these samples", FeedbackKind::Info);
        } else {
            choose.write(Choose(serials));
        }
    }
}
