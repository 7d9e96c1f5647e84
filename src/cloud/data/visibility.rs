//! Which points the filter shows.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::sample::Attributes;
use super::samples::Samples;
use ssvae_core::filter::{Facts, Filter, Visibility};

/// The filter. Points that it leaves out are grey or not drawn, and can neither be picked nor chosen.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct PointFilter(pub Filter);

impl Attributes {
    /// What a filter asks.
    pub fn facts(self) -> Facts {
        Facts {
            user: self.user.get(),
            predicted: self.predicted.get(),
            truth: self.truth.get(),
            certainty: self.certainty(),
            propagated: self.propagated.get(),
            propagated_certainty: self.propagated_certainty(),
            score: 0.0,
            changed: self.changed.get(),
        }
    }
}

/// Asks the filter.
#[derive(SystemParam)]
pub struct PointVisibility<'w, 's> {
    filter: Res<'w, PointFilter>,
    samples: Res<'w, Samples>,
    attributes: Query<'w, 's, &'static Attributes>,
}

impl PointVisibility<'_, '_> {
    /// Whether every point passes.
    pub fn all_pass(&self) -> bool {
        self.filter.0.is_open()
    }

    /// Whether this one does.
    pub fn passes(&self, serial: u32) -> bool {
        self.all_pass()
            || self
                .samples
                .entity(serial)
                .and_then(|entity| self.attributes.get(entity).ok())
                .is_some_and(|attributes| self.filter.0.judge(&attributes.facts()) == Visibility::Shown)
    }

    /// Whether another filter than in the frame before asks.
    pub fn have_changed(&self) -> bool {
        self.filter.is_changed()
    }
}
