//! How much of the runs is kept beside their records, as the user sets it.

use bevy::prelude::*;

use ssvae_core::training::message::{Command, Event};

use super::worker::{FromWorker, ToWorker};
use crate::bridge::panels::ui_state::PanelState;

pub struct RunStoragePlugin;

impl Plugin for RunStoragePlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, tell);
    }
}

/// When the model stands, and when the limit is another one.
fn tell(
    form: Res<PanelState>,
    mut events: MessageReader<FromWorker>,
    mut told: Local<Option<u32>>,
    mut worker: MessageWriter<ToWorker>,
) {
    let ready = events
        .read()
        .any(|FromWorker(event)| matches!(event, Event::ModelReady { .. }));
    let limit = form.0.preferences.keep_runs_mb;
    if ready || told.is_some_and(|told| told != limit) {
        *told = Some(limit);
        worker.write(ToWorker(Command::KeepAtMost(u64::from(limit) * 1_000_000)));
    }
}
