//! Advice when to stop labelling: compares the propagated labels after each batch of labels with those before it.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;
use crate::cloud::{CloudSystems, ReplaceUserLabels};
use ssvae_core::evaluation::{Advice, Stability};
use ssvae_core::similarity::Neighbours;

pub struct StoppingPlugin;

impl Plugin for StoppingPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Stopping>().add_systems(
            PostUpdate,
            follow
                .after(CloudSystems::Ingest)
                .before(EguiPostUpdateSet::EndPass),
        );
    }
}

/// The advice, if labels are propagated.
#[derive(Resource, Default)]
pub struct Stopping {
    pub advice: Option<Advice>,
    stability: Stability,
    /// Version of the propagated labels.
    version: u64,
    /// The neighbours that they were propagated along: with others all change without a new label.
    neighbours: Option<Arc<Neighbours>>,
}

fn follow(
    labels: Option<Res<UserLabels>>,
    learning: Res<Learning>,
    mut reloads: MessageReader<ReplaceUserLabels>,
    mut stopping: ResMut<Stopping>,
) {
    let stopping = stopping.bypass_change_detection();
    if reloads.read().count() > 0 {
        stopping.stability = Stability::default();
    }
    let Some(labels) = labels.filter(|_| stopping.version != learning.version && learning.is_up_to_date())
    else {
        return;
    };
    stopping.version = learning.version;
    let neighbours = learning.similarity.as_ref().map(|it| it.neighbours.clone());
    let same = match (&stopping.neighbours, &neighbours) {
        (Some(before), Some(now)) => Arc::ptr_eq(before, now),
        (before, now) => before.is_none() && now.is_none(),
    };
    if !same {
        stopping.stability = Stability::default();
        stopping.neighbours = neighbours;
    }
    stopping.advice = learning.propagated.as_ref().map(|propagated| {
        let class = |serial| propagated.class(serial);
        stopping
            .stability
            .follow(labels.0.labelled(), propagated.len(), class);
        stopping.stability.advice()
    });
}
