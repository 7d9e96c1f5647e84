//! The key for "not sure" → marks → the file beside labels.csv. A thread writes the file.

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, unbounded};

use crate::bridge::labels::state::UserLabels;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::queue::state::{GoOn, Skipped, Visits};
use crate::bridge::sets::IntentSystems;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::DatasetLoaded;
use crate::cloud::{Chosen, Selected};
use crate::ui::{Cause, FeedbackKind, Intent};
use ssvae_core::format::grouped;
use ssvae_core::labels::{UnsureError, UnsureMarks};

pub struct UnsurePlugin;

impl Plugin for UnsurePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            PreUpdate,
            (open, answer)
                .chain()
                .after(crate::bridge::sets::WorkerEventSystems),
        )
        .add_systems(
            Update,
            mark.after(IntentSystems)
                .before(crate::bridge::sets::QueueSystems)
                .run_if(resource_exists::<Unsure>),
        );
    }
}

/// The marks as they are shown, and the thread that writes them.
#[derive(Resource)]
pub struct Unsure {
    pub marks: UnsureMarks,
    /// The last change in words, for the message that it is saved.
    said: String,
    waiting: usize,
    writer: Sender<UnsureMarks>,
    answers: Receiver<Result<(), UnsureError>>,
}

fn open(
    mut commands: Commands,
    mut loaded: MessageReader<DatasetLoaded>,
    start: Res<Start>,
    wake: Res<Wake>,
    mut skipped: ResMut<Skipped>,
    mut problems: ResMut<ProblemCards>,
) -> Result {
    for DatasetLoaded(dataset) in loaded.read() {
        let marks = match UnsureMarks::open(&start.options.labels_path()) {
            Ok(marks) => marks,
            // If the file cannot be read, marking is off, so that no mark is overwritten.
            Err(error) => {
                problems.report(Cause::BesideLabels, error.to_string());
                continue;
            }
        };
        for serial in marks
            .serials()
            .filter(|&serial| (serial as usize) < dataset.len())
        {
            skipped.put_off(serial);
        }
        let (writer, wanted) = unbounded::<UnsureMarks>();
        let (answered, answers) = unbounded();
        let wake = wake.0.clone();
        std::thread::Builder::new()
            .name("unsure marks".into())
            .spawn(move || {
                // Ends with the window, after the last marks.
                while let Ok(marks) = wanted.recv() {
                    let _ = answered.send(marks.save());
                    wake(Urgency::Answer);
                }
            })?;
        commands.insert_resource(Unsure {
            marks,
            said: String::new(),
            waiting: 0,
            writer,
            answers,
        });
    }
    Ok(())
}

fn mark(
    mut intents: MessageReader<UserIntent>,
    selected: Res<Selected>,
    chosen: Res<Chosen>,
    labels: Option<Res<UserLabels>>,
    visits: Res<Visits>,
    mut unsure: ResMut<Unsure>,
    mut skipped: ResMut<Skipped>,
    mut feedback: ResMut<Feedback>,
    mut on: MessageWriter<GoOn>,
) {
    for UserIntent(intent) in intents.read() {
        if !matches!(intent, Intent::Unsure) {
            continue;
        }
        let serials = match chosen.serials() {
            [] => selected.0.into_iter().collect(),
            chosen => chosen.to_vec(),
        };
        let Some(&first) = serials.first() else {
            feedback.say("No sample is selected", FeedbackKind::Info);
            continue;
        };
        let marked = unsure.marks.toggle(&serials);
        let who = match serials.len() {
            1 => grouped(first as usize),
            count => format!("{} samples", grouped(count)),
        };
        unsure.said = match marked {
            true => format!("{who} marked as unsure"),
            false => format!("{who} no longer marked as unsure"),
        };
        feedback.say(format!("{} · saving…", unsure.said), FeedbackKind::Saving);
        unsure.waiting += 1;
        // The thread lives as long as the channel.
        let _ = unsure.writer.send(unsure.marks.clone());
        let unlabelled = labels
            .as_ref()
            .is_some_and(|labels| labels.0.get(first).is_none());
        if marked && serials.len() == 1 && unlabelled && visits.came_by_queue(first) {
            skipped.put_off(first);
            on.write(GoOn);
        }
    }
}

fn answer(
    unsure: Option<ResMut<Unsure>>,
    mut feedback: ResMut<Feedback>,
    mut problems: ResMut<ProblemCards>,
) {
    let Some(mut unsure) = unsure else { return };
    while let Ok(saved) = unsure.answers.try_recv() {
        unsure.waiting = unsure.waiting.saturating_sub(1);
        match saved {
            Ok(()) if unsure.waiting == 0 => {
                problems.mended(Cause::BesideLabels);
                feedback.say(format!("{} · saved", unsure.said), FeedbackKind::Saved);
            }
            Ok(()) => {}
            Err(error) => {
                feedback.say("The mark was not saved", FeedbackKind::Failed);
                problems.report(Cause::BesideLabels, error.to_string());
            }
        }
    }
}
