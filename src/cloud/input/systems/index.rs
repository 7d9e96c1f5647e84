//! New positions need a new search tree.

use bevy::prelude::*;

use crate::cloud::data::message::NewPositions;
use crate::cloud::data::transition::Departures;
use crate::cloud::input::index::SpatialIndex;

pub fn rebuild(
    mut messages: MessageReader<NewPositions>,
    departures: Res<Departures>,
    mut index: ResMut<SpatialIndex>,
) {
    if let Some(message) = messages.read().last() {
        *index = SpatialIndex::build(message.placement.clone(), departures.0.clone());
    }
}
