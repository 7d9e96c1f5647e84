//! Where a single point is displayed at the moment.

use bevy::ecs::system::SystemParam;
use bevy::prelude::*;

use super::sample::{Latent, displayed};
use super::samples::Samples;
use super::transition::{Departures, Transition};

/// Points by serial.
#[derive(SystemParam)]
pub struct Points<'w, 's> {
    samples: Res<'w, Samples>,
    latents: Query<'w, 's, &'static Latent>,
    departures: Res<'w, Departures>,
    transition: Res<'w, Transition>,
}

impl Points<'_, '_> {
    /// Where a point is on its way, `None` outside the data set.
    pub fn displayed(&self, serial: u32) -> Option<Vec3> {
        let Latent(target) = *self.latents.get(self.samples.entity(serial)?).ok()?;
        let departure = self.departures.0.get(serial as usize);
        Some(departure.map_or(target, |&departure| displayed(departure, target, self.progress())))
    }

    /// Share of the way that is done, 1 at rest.
    pub fn progress(&self) -> f32 {
        self.transition.eased()
    }

    /// Whether any point may be elsewhere than in the frame before.
    pub fn have_moved(&self) -> bool {
        self.transition.is_changed()
    }
}
