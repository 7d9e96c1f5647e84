//! The images of the selected points, outliers first.

use bevy::prelude::*;
use bevy_egui::EguiPostUpdateSet;

use crate::bridge::model::latents::Latents;
use crate::cloud::{Chosen, ChosenChanged, CloudSystems};
use ssvae_core::outliers::farthest_first;

pub struct ChosenImagesPlugin;

impl Plugin for ChosenImagesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Gallery>().add_systems(
            PostUpdate,
            arrange
                .after(CloudSystems::Ingest)
                .before(EguiPostUpdateSet::EndPass),
        );
    }
}

/// All points of the last selection, including those taken out since.
#[derive(Resource, Default)]
pub struct Gallery(pub Vec<u32>);

fn arrange(
    mut changes: MessageReader<ChosenChanged>,
    chosen: Res<Chosen>,
    latents: Res<Latents>,
    mut gallery: ResMut<Gallery>,
) {
    if changes.read().filter(|change| change.anew).count() == 0 {
        return;
    }
    let serials = chosen.serials();
    gallery.0 = match &latents.snapshot {
        Some(snapshot) => farthest_first(serials, &snapshot.latents, snapshot.latent_dim, &snapshot.classes),
        None => serials.to_vec(),
    };
}
