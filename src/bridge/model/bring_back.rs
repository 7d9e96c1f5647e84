//! Brings a run on record back: its weights, and the labels that it was trained with.

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on, poll_once};

use crate::bridge::labels::request::LabelRequest;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::model::records::RunRecords;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::sets::{IntentSystems, LabelSystems};
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::link::WorkerLink;
use crate::ui::{Cause, FeedbackKind, Intent};
use ssvae_core::labels::Change;
use ssvae_core::outputs::clouds::{Cloud, cloud_path, read};
use ssvae_core::training::message::Command;

pub struct BringBackPlugin;

impl Plugin for BringBackPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Returning>().add_systems(
            Update,
            (begin, finish).chain().after(IntentSystems).before(LabelSystems),
        );
    }
}

/// The file with the labels, while it is read.
#[derive(Resource, Default)]
struct Returning(Option<Task<Result<Cloud, String>>>);

fn begin(
    mut intents: MessageReader<UserIntent>,
    (records, start, wake): (Res<RunRecords>, Res<Start>, Res<Wake>),
    labels: Option<Res<UserLabels>>,
    mut returning: ResMut<Returning>,
    worker: Res<WorkerLink>,
) {
    for UserIntent(intent) in intents.read() {
        let Intent::BringBack(id) = intent else {
            continue;
        };
        if records.stored.weights.contains(id) {
            worker.send(Command::BringBack(id.clone()));
        }
        let samples = labels.as_ref().map_or(0, |labels| labels.0.len());
        if records.stored.clouds.contains(id) {
            let (path, wake) = (cloud_path(&start.options.runs, id), wake.0.clone());
            returning.0 = Some(AsyncComputeTaskPool::get().spawn(async move {
                let cloud = read(&path, samples).map_err(|error| error.to_string());
                wake(Urgency::Answer);
                cloud
            }));
        }
    }
}

fn finish(
    mut returning: ResMut<Returning>,
    labels: Option<Res<UserLabels>>,
    mut problems: ResMut<ProblemCards>,
    mut feedback: ResMut<Feedback>,
    mut requests: MessageWriter<LabelRequest>,
) {
    let Some(cloud) = returning.0.as_mut().and_then(|task| block_on(poll_once(task))) else {
        return;
    };
    returning.0 = None;
    match (cloud, &labels) {
        (Ok(cloud), Some(labels)) => {
            let changes = (0..)
                .zip(&cloud.labels)
                .filter(|(serial, label)| labels.0.get(*serial) != **label);
            let changes: Vec<Change> = changes.map(|(serial, &label)| Change { serial, label }).collect();
            if changes.is_empty() {
                feedback.say("The labels are those of the run already", FeedbackKind::Info);
            } else {
                requests.write(LabelRequest::Give(changes));
            }
        }
        (Err(message), _) => problems.report(Cause::Worker, message),
        _ => {}
    }
}
