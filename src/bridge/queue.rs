//! Going through the samples: to the first of the queue, past one that is put off, and back through what was visited.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use bevy::prelude::*;

use super::log::entry::LogEntry;
use crate::cloud::{Choose, CloudSystems, Reveal, Select, Selected, SelectionChanged};
use crate::ui::feedback::FeedbackKind;
use crate::ui::intent::Intent;
use ssvae_core::acquisition::Order;

use super::labels::labelling::UserLabels;
use super::labels::unsure::Unsure;
use super::log::writer::Log;
use super::panels::feedback::Feedback;
use super::panels::intents::{Requests, UserIntent};
use super::samples::sample_query::{LabelChanged, QueueOrder, SampleQuery};
use crate::platform::frame_pacing::Alarm;

/// How long the next sample may be kept waiting for an order by all labels.
const WAIT: Duration = Duration::from_millis(500);

/// Visited samples that are remembered.
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
                    .in_set(GoThrough)
                    .after(Requests)
                    .after(super::labels::labelling::LabelSystems),
            )
            .add_systems(PostUpdate, remember.after(CloudSystems::Selection));
    }
}

/// Goes on, when all that was asked for is done.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct GoThrough;

/// Asks for the first of the queue, because a sample of it has its label.
#[derive(Message, Clone, Copy, Debug)]
pub struct GoOn;

/// A step to the first of the queue that waits until the samples are ranked by all labels, at most until an instant. Input
/// that comes after it waits, too.
#[derive(Resource, Default)]
pub struct Awaited(Option<Instant>);

impl Awaited {
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// Samples that were put off, with their places among each other: they come at the end of the queue.
#[derive(Resource, Default)]
pub struct Skipped {
    places: HashMap<u32, u32>,
    next: u32,
}

impl Skipped {
    /// Place at the end of the queue, for a sample that was put off.
    pub fn place(&self, serial: u32) -> Option<u32> {
        self.places.get(&serial).copied()
    }

    /// The one that was put off last comes last.
    pub fn put_off(&mut self, serial: u32) {
        self.places.insert(serial, self.next);
        self.next += 1;
    }

    /// In the order in which they come again.
    pub fn serials(&self) -> Vec<u32> {
        let mut serials: Vec<u32> = self.places.keys().copied().collect();
        serials.sort_unstable_by_key(|serial| self.places.get(serial));
        serials
    }
}

/// The way through the samples so far.
#[derive(Resource, Default)]
pub struct Visits {
    /// Those that were selected before the one that is, the last one last.
    back: Vec<u32>,
    /// The last that was reached by way of the queue.
    of_queue: Option<u32>,
    /// Where the way back leads just now: it is not noted as a new one.
    returning: Option<u32>,
    last: Option<u32>,
}

impl Visits {
    /// Whether a sample was reached by way of the queue, so that its label leads on.
    pub fn came_by_queue(&self, serial: u32) -> bool {
        self.of_queue == Some(serial)
    }

    fn previous(&mut self, at: Option<u32>) -> Option<u32> {
        loop {
            let serial = self.back.pop()?;
            if Some(serial) != at {
                self.returning = Some(serial);
                return Some(serial);
            }
        }
    }
}

/// A sample that has a label is put off no more.
fn forget_labelled(mut changes: MessageReader<LabelChanged>, mut skipped: ResMut<Skipped>) {
    for change in changes.read() {
        if change.after.is_some() && skipped.places.contains_key(&change.serial) {
            skipped.places.remove(&change.serial);
        }
    }
}

fn put_off(
    mut asked: MessageReader<UserIntent>,
    walk: Res<QueueOrder>,
    selected: Res<Selected>,
    labels: Option<Res<UserLabels>>,
    mut skipped: ResMut<Skipped>,
) {
    for UserIntent(intent) in asked.read() {
        let unlabelled = |serial: &u32| {
            labels
                .as_ref()
                .is_some_and(|labels| labels.0.get(*serial).is_none())
        };
        if let (Intent::Skip, Some(serial)) = (intent, selected.0.filter(unlabelled))
            && walk.0 == Order::ToLabel
        {
            skipped.put_off(serial);
        }
    }
}

fn go_through(
    mut asked: MessageReader<UserIntent>,
    mut on: MessageReader<GoOn>,
    known: SampleQuery,
    walk: Res<QueueOrder>,
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
        .0
        .take_if(|until| !known.is_behind() || *until <= Instant::now());
    let wishes = asked.read().map(|UserIntent(intent)| intent);
    let wishes = wishes
        .chain(on.read().map(|_| &next_one))
        .map(|intent| (intent, false));
    for (intent, waited) in come.map(|_| (&next_one, true)).into_iter().chain(wishes) {
        if matches!(intent, Intent::Next | Intent::Skip)
            && walk.0 == Order::ToLabel
            && !waited
            && known.is_behind()
        {
            let until = *awaited.0.get_or_insert_with(|| Instant::now() + WAIT);
            if let Some(alarm) = &alarm {
                alarm.at(until);
            }
            continue;
        }
        let to = match intent {
            Intent::Next => {
                let to = next(&known, walk.0, at);
                if to.is_some() && to == at {
                    log.write(Log(LogEntry::Selected { serial: to }));
                    feedback.say(
                        "First of the queue: a digit labels it, S skips it",
                        FeedbackKind::Info,
                    );
                }
                to
            }
            Intent::Skip => next(&known, walk.0, at),
            Intent::GoInQueue(serial) => Some(*serial),
            Intent::Previous => {
                let to = visits.previous(at);
                if to.is_none() {
                    feedback.say("No sample was visited before", FeedbackKind::Info);
                }
                to
            }
            Intent::ChooseShown => {
                choose.write(Choose(known.shown().collect()));
                continue;
            }
            Intent::ChooseSkipped => {
                choose.write(Choose(known.skipped().collect()));
                continue;
            }
            Intent::ChooseUnsure => {
                let marks = unsure.iter().flat_map(|unsure| unsure.marks.serials());
                choose.write(Choose(marks.filter(|&serial| known.is_shown(serial)).collect()));
                continue;
            }
            _ => continue,
        };
        // Where nothing is left, what is selected stays.
        if let Some(serial) = to {
            at = to;
            visits.of_queue = to;
            select.write(Select(to));
            reveal.write(Reveal(serial));
        }
    }
}

/// The first that is to be labelled. An order through all samples has no first one that leaves it, and goes on from where
/// one is.
fn next(known: &SampleQuery, order: Order, at: Option<u32>) -> Option<u32> {
    known.queue(order, |queue| match order {
        Order::ToLabel => queue.first(1).first().copied(),
        _ => queue.next(at),
    })
}

fn remember(mut changes: MessageReader<SelectionChanged>, mut visits: ResMut<Visits>) {
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
