//! Whether more labels change much: what is propagated after each batch of labels, compared with what was before.

use std::sync::Arc;

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::cloud::{CloudSystems, ReplaceUserLabels};
use ssvae_core::evaluation::{Advice, Stability};
use ssvae_core::similarity::Neighbours;

use crate::bridge::labels::state::UserLabels;
use crate::bridge::learning::state::Learning;

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

/// What the last labels say of the next ones; nothing where nothing is propagated.
#[derive(Resource, Default)]
pub struct Stopping {
    pub advice: Option<Advice>,
    stability: Stability,
    /// Version of what is propagated.
    seen: u64,
    /// What it was propagated along: with others all of it changes without a label.
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
    let Some(labels) = labels.filter(|_| stopping.seen != learning.version && learning.is_up_to_date())
    else {
        return;
    };
    stopping.seen = learning.version;
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
