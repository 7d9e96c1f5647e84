//! What the cloud knows of the samples.

pub mod bounds;
pub mod labelled;
pub mod message;
pub mod pending_labels;
pub mod points;
pub mod sample;
pub mod samples;
pub mod stale;
mod systems;
pub mod transition;
pub mod visibility;

use bevy::prelude::*;

use super::schedule::{CloudSystems, IngestSystems};
use bounds::CloudBounds;
use labelled::Labelled;
use message::{LabelChanged, NewPositions, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels};
use pending_labels::PendingLabels;
use samples::Samples;
use stale::Stale;
use systems::{ingest, transition as moving};
use transition::{Departures, Morph, Transition};
use visibility::PointFilter;

/// Turns the messages of [`message`] into entities and components, and moves the points.
pub struct DataPlugin;

impl Plugin for DataPlugin {
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
            .init_resource::<PendingLabels>()
            .init_resource::<PointFilter>()
            .init_resource::<Transition>()
            .init_resource::<Departures>()
            .init_resource::<Morph>()
            .add_systems(
                PostUpdate,
                (
                    (
                        ingest::replace_true_labels.run_if(on_message::<ReplaceTrueLabels>),
                        ingest::replace_user_labels.run_if(on_message::<ReplaceUserLabels>),
                        ingest::set_user_labels.run_if(on_message::<LabelChanged>),
                        ingest::replace_suggestions.run_if(on_message::<ReplaceSuggestions>),
                        ingest::place.run_if(on_message::<NewPositions>),
                    )
                        .chain()
                        .in_set(IngestSystems::Samples),
                    (
                        moving::hold.run_if(resource_changed::<Morph>),
                        moving::advance,
                        moving::forget_departures,
                    )
                        .chain()
                        .in_set(CloudSystems::Transition),
                ),
            );
    }
}
