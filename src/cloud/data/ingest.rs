//! What the rest of the app tells the cloud: positions, labels. Messages come in, components and the marks of what
//! the GPU has to be told go out.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use super::labelled::Labelled;
use super::message::{
    LabelChanged, NewPositions, Placement, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels,
    Suggestions,
};
use super::sample::{Attributes, ClassByte, Latent, SampleBundle, Serial, displayed, tame};
use super::samples::Samples;
use crate::cloud::CloudSystems;
use crate::cloud::camera::clock::Clock;
use crate::cloud::input::index::SpatialIndex;
use crate::cloud::render::transition::{Departures, Morph, Transition};

/// Turns the messages of [`super::message`] into entities and components.
pub struct IngestPlugin;

impl Plugin for IngestPlugin {
    fn build(&self, app: &mut App) {
        app.add_message::<NewPositions>()
            .add_message::<LabelChanged>()
            .add_message::<ReplaceUserLabels>()
            .add_message::<ReplaceTrueLabels>()
            .add_message::<ReplaceSuggestions>()
            .init_resource::<Samples>()
            .init_resource::<Stale>()
            .init_resource::<Labelled>()
            .init_resource::<CloudBounds>()
            .init_resource::<SpatialIndex>()
            .init_resource::<LabelsAhead>()
            .add_systems(
                PostUpdate,
                (
                    replace_true_labels.run_if(on_message::<ReplaceTrueLabels>),
                    replace_user_labels.run_if(on_message::<ReplaceUserLabels>),
                    set_user_labels.run_if(on_message::<LabelChanged>),
                    replace_suggestions.run_if(on_message::<ReplaceSuggestions>),
                    place.run_if(on_message::<NewPositions>),
                )
                    .chain()
                    .in_set(CloudSystems::Ingest),
            );
    }
}

/// What the GPU does not know yet.
#[derive(Resource, Debug, Default)]
pub struct Stale {
    pub positions: bool,
    pub attributes: bool,
    /// What the labels say of the points, which few colour modes and filters show.
    pub suggestions: bool,
    /// Single points whose attributes changed.
    pub points: Vec<u32>,
}

impl Stale {
    fn point(&mut self, serial: u32) {
        // Without a GPU nobody takes the points away: the list must not grow for ever.
        const MANY: usize = 4096;
        if self.points.len() < MANY {
            self.points.push(serial);
        } else {
            self.attributes = true;
            self.points.clear();
        }
    }
}

/// Corners of the box around all finite targets, or `None` without any.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct CloudBounds(pub Option<(Vec3, Vec3)>);

/// Labels that came before the entities they belong to.
#[derive(Resource, Default)]
struct LabelsAhead {
    user: Vec<Option<u8>>,
    truth: Arc<Vec<Option<u8>>>,
    suggestions: Arc<Suggestions>,
}

fn class_at(labels: &[Option<u8>], serial: u32) -> ClassByte {
    labels.get(serial as usize).copied().flatten().into()
}

fn replace_true_labels(
    mut messages: MessageReader<ReplaceTrueLabels>,
    samples: Res<Samples>,
    mut ahead: ResMut<LabelsAhead>,
    mut stale: ResMut<Stale>,
    mut labels: Query<(&Serial, &mut Attributes)>,
) {
    let Some(ReplaceTrueLabels(truth)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        ahead.truth = truth.clone();
        return;
    }
    for (serial, mut label) in &mut labels {
        label.truth = class_at(truth, serial.0);
    }
    stale.attributes = true;
}

fn replace_suggestions(
    mut messages: MessageReader<ReplaceSuggestions>,
    samples: Res<Samples>,
    mut ahead: ResMut<LabelsAhead>,
    mut stale: ResMut<Stale>,
    mut attributes: Query<(&Serial, &mut Attributes)>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(ReplaceSuggestions(suggestions)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        ahead.suggestions = suggestions.clone();
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

fn replace_user_labels(
    mut messages: MessageReader<ReplaceUserLabels>,
    samples: Res<Samples>,
    mut ahead: ResMut<LabelsAhead>,
    mut stale: ResMut<Stale>,
    mut labelled: ResMut<Labelled>,
    mut labels: Query<(&Serial, &mut Attributes)>,
    mut redraw: MessageWriter<RequestRedraw>,
) {
    let Some(ReplaceUserLabels(user)) = messages.read().last() else {
        return;
    };
    if samples.is_empty() {
        ahead.user = user.to_vec();
        return;
    }
    for (serial, mut label) in &mut labels {
        label.user = class_at(user, serial.0);
    }
    labelled.replace((0..samples.len() as u32).filter(|&serial| class_at(user, serial) != ClassByte::NONE));
    stale.attributes = true;
    redraw.write(RequestRedraw);
}

fn set_user_labels(
    mut messages: MessageReader<LabelChanged>,
    samples: Res<Samples>,
    mut ahead: ResMut<LabelsAhead>,
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
            let slot = serial as usize;
            if slot >= ahead.user.len() {
                ahead.user.resize(slot + 1, None);
            }
            ahead.user[slot] = label;
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

pub(in crate::cloud) fn place(
    world: &mut World,
    mut cursor: Local<bevy::ecs::message::MessageCursor<NewPositions>>,
) {
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
            let from = tame(from);
            if from.is_finite() { from } else { tame(to) }
        });
        world.insert_resource(Departures(departures.collect()));
    }
    let mut motion = world.resource_mut::<Transition>();
    if from.is_some() {
        motion.hold(share);
    } else if moves {
        motion.start(now);
    } else {
        motion.finish();
        world.insert_resource(Departures::default());
    }
    let both = placement.positions.iter().chain(from.into_iter().flatten());
    world.insert_resource(bounds(both));
    let departures = world.resource::<Departures>().0.clone();
    world.insert_resource(SpatialIndex::build(message.placement.clone(), departures));
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
    let ahead = std::mem::take(&mut *world.resource_mut::<LabelsAhead>());
    let bundles = placement
        .positions
        .iter()
        .enumerate()
        .map(|(index, &position)| -> SampleBundle {
            let serial = index as u32;
            let position = tame(position);
            let (user, truth) = (class_at(&ahead.user, serial), class_at(&ahead.truth, serial));
            let mut attributes = predicted(placement, index, user, truth);
            suggest(&ahead.suggestions, serial, &mut attributes);
            (Serial(serial), Latent(position), attributes)
        });
    let samples: Samples = world.spawn_batch(bundles).collect();
    world.insert_resource(samples);
    let labelled =
        (0..placement.positions.len() as u32).filter(|&serial| class_at(&ahead.user, serial).get().is_some());
    world.resource_mut::<Labelled>().replace(labelled);
}

/// Sends the points to new targets from where they are displayed now.
fn retarget(world: &mut World, placement: &Placement) {
    let progress = world.resource::<Transition>().eased();
    let mut departures = std::mem::take(&mut world.resource_mut::<Departures>().0);
    let moving = departures.len() == placement.positions.len();
    departures.resize(placement.positions.len(), Vec3::ZERO);
    let mut samples = world.query::<(&Serial, &mut Latent, &mut Attributes)>();
    for (serial, mut latent, mut attributes) in samples.iter_mut(world) {
        let index = serial.0 as usize;
        let target = tame(placement.positions[index]);
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
    world.insert_resource(Departures(departures));
}

fn bounds<'a>(positions: impl Iterator<Item = &'a Vec3>) -> CloudBounds {
    let corners = positions
        .map(|&position| tame(position))
        .filter(|position| position.is_finite())
        .fold(None, |corners: Option<(Vec3, Vec3)>, position| {
            let (min, max) = corners.unwrap_or((position, position));
            Some((min.min(position), max.max(position)))
        });
    CloudBounds(corners)
}
