//! New latents → displayed positions → the cloud.

use std::sync::Arc;

use bevy::prelude::*;

use super::projection::{Projection, positions_of};
use super::sample_map::SampleMap;
use crate::bridge::labels::state::UserLabels;
use crate::bridge::model::comparison::state::Comparison;
use crate::bridge::model::latents::Latents;
use crate::bridge::sets::ComparisonSystems;
use crate::bridge::worker::messages::{DatasetLoaded, ModelReady};
use crate::cloud::CloudDimension;
use crate::cloud::{
    AnimationPaused, NewPositions, NextFrame, Placement, ReplaceTrueLabels, ReplaceUserLabels,
};

pub struct ProjectionSyncPlugin;

impl Plugin for ProjectionSyncPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Projection>().add_systems(
            Update,
            (give_labels, suit_dimension, give_positions)
                .chain()
                .after(ComparisonSystems),
        );
    }
}

fn give_labels(
    mut loaded: MessageReader<DatasetLoaded>,
    labels: Option<Res<UserLabels>>,
    mut truth: MessageWriter<ReplaceTrueLabels>,
    mut user: MessageWriter<ReplaceUserLabels>,
) {
    for DatasetLoaded(dataset) in loaded.read() {
        let serials = 0..dataset.len() as u32;
        truth.write(ReplaceTrueLabels(Arc::new(
            serials.map(|serial| dataset.true_label(serial)).collect(),
        )));
    }
    if let Some(labels) = labels
        && labels.is_added()
    {
        user.write(ReplaceUserLabels(Arc::new(labels.0.as_slice().to_vec())));
    }
}

/// A model with one or two latent dimensions has no third one to show.
fn suit_dimension(mut models: MessageReader<ModelReady>, mut dimension: ResMut<CloudDimension>) {
    for ModelReady { architecture, .. } in models.read() {
        let wanted = if architecture.latent_dim == 3 {
            CloudDimension::Three
        } else {
            CloudDimension::Two
        };
        dimension.set_if_neq(wanted);
    }
}

fn give_positions(
    latents: Res<Latents>,
    dimension: Res<CloudDimension>,
    hold: Res<AnimationPaused>,
    comparison: Res<Comparison>,
    map: Res<SampleMap>,
    mut shown: ResMut<Projection>,
    mut positions: MessageWriter<NewPositions>,
    mut frames: MessageWriter<NextFrame>,
) {
    let Some(snapshot) = &latents.snapshot else {
        return;
    };
    let mapped = map.shown(dimension.axes()).filter(|_| comparison.shown.is_none());
    let map_version = mapped.map_or(0, |(_, version)| version);
    let same = shown.version == snapshot.version
        && shown.compared == comparison.revision()
        && shown.mapped == map_version;
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
                positions: match mapped {
                    Some((positions, _)) => positions.iter().copied().map(Vec3::from_array).collect(),
                    None => positions_of(
                        &mut shown.projector,
                        (&snapshot.latents, snapshot.latent_dim),
                        dimension.axes(),
                    ),
                },
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
    shown.mapped = map_version;
    shown.dimension = Some(*dimension);
    positions.write(message);
}
