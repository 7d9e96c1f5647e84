//! How much of the runs is kept beside their records, as the user sets it.

use bevy::prelude::*;

use ssvae_core::training::message::Command;

use crate::bridge::panels::form::Form;
use crate::bridge::worker::link::WorkerLink;
use crate::bridge::worker::messages::ModelReady;

pub struct RunStoragePlugin;

impl Plugin for RunStoragePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, tell);
    }
}

/// When the model stands, and when the limit is another one.
fn tell(
    form: Res<Form>,
    mut models: MessageReader<ModelReady>,
    mut told: Local<Option<u32>>,
    worker: Res<WorkerLink>,
) {
    let ready = models.read().count() > 0;
    let limit = form.0.preferences.keep_runs_mb;
    if ready || told.is_some_and(|told| told != limit) {
        *told = Some(limit);
        worker.send(Command::KeepAtMost(u64::from(limit) * 1_000_000));
    }
}
