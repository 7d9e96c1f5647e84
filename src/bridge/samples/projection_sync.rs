//! New latents → displayed positions → the cloud.

use std::sync::Arc;

use bevy::prelude::*;

use crate::cloud::{
    AnimationPaused, CloudDimension, NewPositions, NextFrame, Placement, ReplaceTrueLabels, ReplaceUserLabels,
};
use ssvae_core::projection::Projector;
use ssvae_core::training::message::Event;

use crate::bridge::labels::labelling::UserLabels;
use crate::bridge::model::comparison::{Comparison, project};
use crate::bridge::model::progress::Progress;
use crate::bridge::model::worker::FromWorker;

pub struct ProjectionSyncPlugin;

impl Plugin for ProjectionSyncPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Fed>().add_systems(
            Update,
            (give_labels, suit_dimension, give_positions)
                .chain()
                .after(project),
        );
    }
}

/// What the cloud was given last.
#[derive(Resource, Default)]
pub struct Fed {
    version: u64,
    /// Of what is compared.
    compared: u64,
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
    hold: Res<AnimationPaused>,
    comparison: Res<Comparison>,
    mut shown: ResMut<Fed>,
    mut positions: MessageWriter<NewPositions>,
    mut frames: MessageWriter<NextFrame>,
) {
    let Some(snapshot) = &progress.snapshot else {
        return;
    };
    let same = shown.version == snapshot.version && shown.compared == comparison.revision();
    if same && shown.dimension == Some(*dimension) {
        return;
    }
    let animate = shown.version > 0;
    if animate && hold.0 && shown.dimension == Some(*dimension) {
        frames.write(NextFrame);
        return;
    }
    let message = match &comparison.shown {
        Some(compared) => {
            let Some([from, to]) = compared.positions(*dimension) else {
                return;
            };
            let cloud = compared.cloud();
            NewPositions {
                placement: Arc::new(Placement {
                    positions: to.to_vec(),
                    classes: cloud.classes.clone(),
                    certainty: cloud.certainty.clone(),
                    changed: compared.change.changed.clone(),
                }),
                animate: false,
                from: Some(from.clone()),
            }
        }
        None => NewPositions {
            placement: Arc::new(Placement {
                positions: positions_of(
                    &mut shown.projector,
                    (&snapshot.latents, snapshot.latent_dim),
                    dimension.axes(),
                ),
                classes: snapshot.classes.clone(),
                certainty: snapshot.certainty.clone(),
                changed: Vec::new(),
            }),
            animate,
            from: None,
        },
    };
    shown.version = snapshot.version;
    shown.compared = comparison.revision();
    shown.dimension = Some(*dimension);
    positions.write(message);
}

/// Where latents, row-major `[n, latent_dim]`, are shown.
pub fn positions_of(
    projector: &mut Projector,
    (latents, latent_dim): (&[f32], usize),
    axes: usize,
) -> Vec<Vec3> {
    let positions = projector.project(latents, latent_dim, axes);
    positions.into_iter().map(Vec3::from_array).collect()
}
