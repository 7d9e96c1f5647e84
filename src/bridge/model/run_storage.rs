//! Tells the worker how many megabytes of weights and latents of past runs to keep.

use bevy::prelude::*;

use crate::bridge::panels::ui_state::PanelState;
use crate::bridge::worker::link::WorkerLink;
use crate::bridge::worker::messages::ModelReady;
use ssvae_core::training::message::Command;

pub struct RunStoragePlugin;

impl Plugin for RunStoragePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, tell);
    }
}

/// When a model is ready, and when the limit changes.
fn tell(
    panels: Res<PanelState>,
    mut models: MessageReader<ModelReady>,
    mut sent: Local<Option<u32>>,
    worker: Res<WorkerLink>,
) {
    let ready = models.read().count() > 0;
    let limit = panels.0.preferences.keep_runs_mb;
    if ready || sent.is_some_and(|sent| sent != limit) {
        *sent = Some(limit);
        worker.send(Command::KeepAtMost(u64::from(limit) * 1_000_000));
    }
}
