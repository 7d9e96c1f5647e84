//! What the rest of the app tells the cloud: positions, labels. Messages come in, components and
//! what the GPU has to be told go out.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::clock::Clock;
use crate::cloud::data::bounds::CloudBounds;
use crate::cloud::data::labelled::Labelled;
use crate::cloud::data::message::{
    LabelChanged, NewPositions, Placement, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels,
    Suggestions,
};
use crate::cloud::data::pending_labels::PendingLabels;
use crate::cloud::data::sample::{
    Attributes, ClassByte, Latent, SampleBundle, Serial, clamp_finite, displayed,
};
use crate::cloud::data::samples::Samples;
use crate::cloud::data::stale::Stale;
use crate::cloud::data::transition::{Departures, Morph, Transition};

fn class_at(labels: &[Option<u8>], serial: u32) -> ClassByte {
    labels.get(serial as usize).copied().flatten().into()
}

pub fn replace_true_labels(
    mut messages: MessageReader<ReplaceTrueLabels>,
    samples: Res<Samples>,
    mut pending: ResMut<PendingLabels>,
    mut stale: ResMut<Stale>,
    mut labels: Query<(&Serial, &mut Attributes)>,
) {
    let Some(ReplaceTrueLabels(truth)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        pending.truth = truth.clone();
        return;
    }
    for (serial, mut label) in &mut labels {
        label.truth = class_at(truth, serial.0);
    }
    stale.attributes = true;
}

pub fn replace_suggestions(
    mut messages: MessageReader<ReplaceSuggestions>,
    samples: Res<Samples>,
    mut pending: ResMut<PendingLabels>,
    mut stale: ResMut<Stale>,
    mut attributes: Query<(&Serial, &mut Attributes)>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(ReplaceSuggestions(suggestions)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        pending.suggestions = suggestions.clone();
        return;
    }
    for (serial, mut attributes) in &mut attributes {
        suggest(suggestions, serial.0, &mut attributes);
    }
    stale.suggestions = true;
    redraw.write(RequestRedraw);
}

fn suggest(suggestions: &Suggestions, serial: u32, attributes: &mut Attributes) {
    let at = |values: &[f32]| values.get(serial as usize).copied().unwrap_or(0.0);
    let class = class_at(&suggestions.propagated, serial);
    attributes.suggest(class, at(&suggestions.certainty), at(&suggestions.score));
}

pub fn replace_user_labels(
    mut messages: MessageReader<ReplaceUserLabels>,
    samples: Res<Samples>,
    mut pending: ResMut<PendingLabels>,
    mut stale: ResMut<Stale>,
    mut labelled: ResMut<Labelled>,
    mut labels: Query<(&Serial, &mut Attributes)>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(ReplaceUserLabels(user)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        pending.user = user.to_vec();
        return;
    }
    for (serial, mut label) in &mut labels {
        label.user = class_at(user, serial.0);
    }
    labelled.replace((0..samples.len() as u32).filter(|&serial| class_at(user, serial) != ClassByte::NONE));
    stale.attributes = true;
    redraw.write(RequestRedraw);
}

pub fn set_user_labels(
    mut messages: MessageReader<LabelChanged>,
    samples: Res<Samples>,
    mut pending: ResMut<PendingLabels>,
    mut stale: ResMut<Stale>,
    mut labelled: ResMut<Labelled>,
    mut labels: Query<&mut Attributes>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    for &LabelChanged {
        serial, after: label, ..
    } in messages.read()
    {
        if samples.is_empty() {
            let index = serial as usize;
            if index >= pending.user.len() {
                pending.user.resize(index + 1, None);
            }
            pending.user[index] = label;
            continue;
        }
        let Some(mut component) = samples
            .entity(serial)
            .and_then(|entity| labels.get_mut(entity).ok())
        else {
            warn!("no sample {serial} to label");
            continue;
        };
        component.user = label.into();
        match label {
            Some(_) => labelled.insert(serial),
            None => labelled.remove(serial),
        }
        stale.point(serial);
        redraw.write(RequestRedraw);
    }
}

pub fn place(world: &mut World, mut cursor: Local<bevy::ecs::message::MessageCursor<NewPositions>>) {
    let Some(message) = cursor
        .read(world.resource::<Messages<NewPositions>>())
        .last()
        .cloned()
    else {
        return;
    };
    let placement = &*message.placement;
    let mut moves = message.animate;
    let from = message
        .from
        .as_deref()
        .filter(|from| from.len() == placement.positions.len());
    let now = world.resource::<Clock>().now();
    // Where the points are by now, though it may be long since they were drawn.
    world.resource_mut::<Transition>().advance(now);
    if world.resource::<Samples>().len() != placement.positions.len() {
        respawn(world, placement);
        moves = false;
    } else {
        retarget(world, placement);
    }
    let share = world.resource::<Morph>().0;
    if let Some(from) = from {
        let departures = from.iter().zip(&placement.positions).map(|(&from, &to)| {
            let from = clamp_finite(from);
            if from.is_finite() { from } else { clamp_finite(to) }
        });
        world.insert_resource(Departures(Arc::new(departures.collect())));
    }
    let mut transition = world.resource_mut::<Transition>();
    if from.is_some() {
        transition.hold(share);
    } else if moves {
        transition.start(now);
    } else {
        transition.finish();
        world.insert_resource(Departures::default());
    }
    let both = placement.positions.iter().chain(from.into_iter().flatten());
    world.insert_resource(CloudBounds::around(both));
    let mut stale = world.resource_mut::<Stale>();
    stale.positions = true;
    stale.attributes = true;
    world.write_message(RequestRedraw);
}

/// Attributes of a sample by what the model says of it.
fn predicted(placement: &Placement, index: usize, user: ClassByte, truth: ClassByte) -> Attributes {
    let class = placement.classes.get(index).copied();
    let certainty = placement.certainty.get(index).copied().unwrap_or(0.0);
    let mut attributes = Attributes::new(user, class.into(), truth, certainty);
    attributes.changed = class_at(&placement.changed, index as u32);
    attributes
}

/// Makes the entities of a data set of this size, in the order of the serials.
fn respawn(world: &mut World, placement: &Placement) {
    let before = std::mem::take(&mut *world.resource_mut::<Samples>());
    for serial in 0..before.len() as u32 {
        if let Some(entity) = before.entity(serial) {
            world.despawn(entity);
        }
    }
    let pending = std::mem::take(&mut *world.resource_mut::<PendingLabels>());
    let bundles = placement
        .positions
        .iter()
        .enumerate()
        .map(|(index, &position)| -> SampleBundle {
            let serial = index as u32;
            let position = clamp_finite(position);
            let (user, truth) = (class_at(&pending.user, serial), class_at(&pending.truth, serial));
            let mut attributes = predicted(placement, index, user, truth);
            suggest(&pending.suggestions, serial, &mut attributes);
            (Serial(serial), Latent(position), attributes)
        });
    let samples: Samples = world.spawn_batch(bundles).collect();
    world.insert_resource(samples);
    let labelled = (0..placement.positions.len() as u32)
        .filter(|&serial| class_at(&pending.user, serial).get().is_some());
    world.resource_mut::<Labelled>().replace(labelled);
}

/// Sends the points to new targets from where they are displayed now.
fn retarget(world: &mut World, placement: &Placement) {
    let progress = world.resource::<Transition>().eased();
    let before = std::mem::take(&mut world.resource_mut::<Departures>().0);
    let mut departures = Arc::unwrap_or_clone(before);
    let moving = departures.len() == placement.positions.len();
    departures.resize(placement.positions.len(), Vec3::ZERO);
    let mut samples = world.query::<(&Serial, &mut Latent, &mut Attributes)>();
    for (serial, mut latent, mut attributes) in samples.iter_mut(world) {
        let index = serial.0 as usize;
        let target = clamp_finite(placement.positions[index]);
        let now = if moving {
            displayed(departures[index], latent.0, progress)
        } else {
            latent.0
        };
        departures[index] = if now.is_finite() { now } else { target };
        latent.0 = target;
        let anew = predicted(placement, index, attributes.user, attributes.truth);
        *attributes = anew.suggested_as(*attributes);
    }
    world.insert_resource(Departures(Arc::new(departures)));
}
