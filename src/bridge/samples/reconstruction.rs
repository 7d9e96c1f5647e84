//! Asks the worker for the reconstruction of the selected sample.

use bevy::prelude::*;

use crate::bridge::model::latents::Latents;
use crate::bridge::sets::IntentSystems;
use crate::bridge::worker::link::WorkerLink;
use crate::cloud::Selected;
use ssvae_core::training::message::Command;

pub struct ReconstructionPlugin;

impl Plugin for ReconstructionPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, ask.after(IntentSystems));
    }
}

/// The selected sample is decoded when it is selected and when the model has changed.
fn ask(
    selected: Res<Selected>,
    latents: Res<Latents>,
    mut last: Local<Option<(u32, u64)>>,
    worker: Res<WorkerLink>,
) {
    let (Some(serial), Some(snapshot)) = (selected.0, &latents.snapshot) else {
        *last = None;
        return;
    };
    let wanted = Some((serial, snapshot.version));
    if *last != wanted {
        *last = wanted;
        let from = serial as usize * snapshot.latent_dim;
        let latent = snapshot.latents.get(from..from + snapshot.latent_dim);
        let latent = latent.unwrap_or_default().to_vec();
        worker.send(Command::Decode { serial, latent });
    }
}
