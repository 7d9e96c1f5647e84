//! New latents → displayed positions → the cloud.

use std::sync::Arc;

use bevy::prelude::*;

use crate::cloud::camera::CloudDimension;
use crate::cloud::{Hold, NewPositions, NextFrame, Placement, ReplaceTrueLabels, ReplaceUserLabels};
use crate::projection::Projector;
use crate::training::message::{Event, LatentSnapshot};

use super::labelling::UserLabels;
use super::progress::Progress;
use super::worker::FromWorker;

pub struct FeedPlugin;

impl Plugin for FeedPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fed>()
            .add_systems(Update, (give_labels, suit_dimension, give_positions).chain());
    }
}

/// What the cloud was given last.
#[derive(Resource, Default)]
pub struct Fed {
    version: u64,
    dimension: Option<CloudDimension>,
    /// Leads from latents to what is shown, and back.
    pub projector: Projector,
}

fn give_labels(
    mut events: MessageReader<FromWorker>,
    labels: Option<Res<UserLabels>>,
    mut truth: MessageWriter<ReplaceTrueLabels>,
    mut user: MessageWriter<ReplaceUserLabels>,
) {
    for FromWorker(event) in events.read() {
        if let Event::Dataset(dataset) = event {
            let serials = 0..dataset.len() as u32;
            truth.write(ReplaceTrueLabels(Arc::new(
                serials.map(|serial| dataset.true_label(serial)).collect(),
            )));
        }
    }
    if let Some(labels) = labels
        && labels.is_added()
    {
        user.write(ReplaceUserLabels(Arc::new(labels.0.as_slice().to_vec())));
    }
}

/// A model with one or two latent dimensions has no third one to show.
fn suit_dimension(mut events: MessageReader<FromWorker>, mut dimension: ResMut<CloudDimension>) {
    for FromWorker(event) in events.read() {
        if let Event::ModelReady { architecture, .. } = event {
            let wanted = if architecture.latent_dim == 3 {
                CloudDimension::Three
            } else {
                CloudDimension::Two
            };
            dimension.set_if_neq(wanted);
        }
    }
}

fn give_positions(
    progress: Res<Progress>,
    dimension: Res<CloudDimension>,
    hold: Res<Hold>,
    mut shown: ResMut<Fed>,
    mut positions: MessageWriter<NewPositions>,
    mut frames: MessageWriter<NextFrame>,
) {
    let Some(snapshot) = &progress.snapshot else {
        return;
    };
    if shown.version == snapshot.version && shown.dimension == Some(*dimension) {
        return;
    }
    let animate = shown.version > 0;
    if animate && hold.0 && shown.dimension == Some(*dimension) {
        frames.write(NextFrame);
        return;
    }
    shown.version = snapshot.version;
    shown.dimension = Some(*dimension);
    let placement = Placement {
        positions: positions_of(&mut shown.projector, snapshot, dimension.axes()),
        classes: snapshot.classes.clone(),
        certainty: snapshot.certainty.clone(),
    };
    positions.write(NewPositions {
        placement: Arc::new(placement),
        animate,
    });
}

fn positions_of(projector: &mut Projector, snapshot: &LatentSnapshot, axes: usize) -> Vec<Vec3> {
    let positions = projector.project(&snapshot.latents, snapshot.latent_dim, axes);
    positions.into_iter().map(Vec3::from_array).collect()
}
