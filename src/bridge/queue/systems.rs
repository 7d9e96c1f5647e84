//! Going through the samples: to the first of the queue, past a skipped one, and back through the visited ones.

use std::time::Instant;

use bevy::prelude::*;

use super::state::{Awaited, GoOn, QueueOrder, Skipped, Visits};
use crate::bridge::alarm::Alarm;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::labels::unsure::Unsure;
use crate::bridge::log::entry::LogEntry;
use crate::bridge::log::message::Log;
use crate::bridge::panels::feedback::Feedback;
use crate::bridge::panels::user_intent::UserIntent;
use crate::bridge::samples::sample_query::SampleQuery;
use crate::bridge::sets::{IntentSystems, LabelSystems, QueueSystems};
use crate::cloud::LabelChanged;
use crate::cloud::{Choose, CloudSystems, Reveal, Select, Selected, SelectionChanged};
use crate::ui::{FeedbackKind, Intent};
use ssvae_core::acquisition::Order;

/// Length of the list of visited samples.
const REMEMBERED: usize = 10_000;

pub struct QueuePlugin;

impl Plugin for QueuePlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<GoOn>()
            .init_resource::<Skipped>()
            .init_resource::<Visits>()
            .init_resource::<Awaited>()
            .add_systems(
                Update,
                (forget_labelled, put_off, go_through)
                    .chain()
                    .in_set(QueueSystems)
                    .after(IntentSystems)
                    .after(LabelSystems),
            )
            .add_systems(PostUpdate, note_visits.after(CloudSystems::Selection));
    }
}

/// A labelled sample no longer counts as skipped.
fn forget_labelled(mut changes: MessageReader<LabelChanged>, mut skipped: ResMut<Skipped>) {
    for change in changes.read() {
        if change.after.is_some() && skipped.places.contains_key(&change.serial) {
            skipped.places.remove(&change.serial);
        }
    }
}

fn put_off(
    mut intents: MessageReader<UserIntent>,
    order: Res<QueueOrder>,
    selected: Res<Selected>,
    labels: Option<Res<UserLabels>>,
    mut skipped: ResMut<Skipped>,
) {
    for UserIntent(intent) in intents.read() {
        let unlabelled = |serial: &u32| {
            labels
                .as_ref()
                .is_some_and(|labels| labels.0.get(*serial).is_none())
        };
        if let (Intent::Skip, Some(serial)) = (intent, selected.0.filter(unlabelled))
            && order.0 == Order::ToLabel
        {
            skipped.put_off(serial);
        }
    }
}

fn go_through(
    mut intents: MessageReader<UserIntent>,
    mut on: MessageReader<GoOn>,
    samples: SampleQuery,
    order: Res<QueueOrder>,
    selected: Res<Selected>,
    unsure: Option<Res<Unsure>>,
    (mut visits, mut awaited, alarm): (ResMut<Visits>, ResMut<Awaited>, Option<Res<Alarm>>),
    mut feedback: ResMut<Feedback>,
    mut select: MessageWriter<Select>,
    mut reveal: MessageWriter<Reveal>,
    mut choose: MessageWriter<Choose>,
    mut log: MessageWriter<Log>,
) {
    let mut at = selected.0;
    let next_one = Intent::Next;
    let come = awaited
        .until
        .take_if(|until| !samples.is_behind() || *until <= Instant::now());
    let wishes = intents.read().map(|UserIntent(intent)| intent);
    let wishes = wishes
        .chain(on.read().map(|_| &next_one))
        .map(|intent| (intent, false));
    for (intent, waited) in come.map(|_| (&next_one, true)).into_iter().chain(wishes) {
        if matches!(intent, Intent::Next | Intent::Skip)
            && order.0 == Order::ToLabel
            && !waited
            && samples.is_behind()
        {
            let patience = awaited.patience;
            let until = *awaited.until.get_or_insert_with(|| Instant::now() + patience);
            if let Some(alarm) = &alarm {
                alarm.at(until);
            }
            continue;
        }
        let to = match intent {
            Intent::Next => {
                let to = next(&samples, order.0, at);
                if to.is_some() && to == at {
                    log.write(Log(LogEntry::Selected { serial: to }));
                    feedback.say(
                        "First of the queue: a digit labels it, S skips it",
                        FeedbackKind::Info,
                    );
                }
                to
            }
            Intent::Skip => next(&samples, order.0, at),
            Intent::GoInQueue(serial) => Some(*serial),
            Intent::Previous => {
                let to = visits.previous(at);
                if to.is_none() {
                    feedback.say("No sample was visited before", FeedbackKind::Info);
                }
                to
            }
            Intent::ChooseShown => {
                choose.write(Choose(samples.shown().collect()));
                continue;
            }
            Intent::ChooseSkipped => {
                choose.write(Choose(samples.skipped().collect()));
                continue;
            }
            Intent::ChooseUnsure => {
                let marks = unsure.iter().flat_map(|unsure| unsure.marks.serials());
                choose.write(Choose(marks.filter(|&serial| samples.is_shown(serial)).collect()));
                continue;
            }
            _ => continue,
        };
        // If no sample is left, the selection stays.
        if let Some(serial) = to {
            at = to;
            visits.of_queue = to;
            select.write(Select(to));
            reveal.write(Reveal(serial));
        }
    }
}

/// The first sample to label; in an order through all samples, the one after the selected sample.
fn next(samples: &SampleQuery, order: Order, at: Option<u32>) -> Option<u32> {
    samples.queue(order, |queue| match order {
        Order::ToLabel => queue.first(1).first().copied(),
        _ => queue.next(at),
    })
}

fn note_visits(mut changes: MessageReader<SelectionChanged>, mut visits: ResMut<Visits>) {
    for &SelectionChanged(now) in changes.read() {
        let before = std::mem::replace(&mut visits.last, now);
        if visits.returning.take() == now && now.is_some() {
            continue;
        }
        if let Some(before) = before {
            if visits.back.len() == REMEMBERED {
                visits.back.remove(0);
            }
            visits.back.push(before);
        }
    }
}
