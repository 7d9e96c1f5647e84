//! The panels' own state, and what a model brings into it.

use bevy::prelude::*;

use crate::bridge::model::worker::FromWorker;
use crate::ui::UiState;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::training::message::Event;

/// What belongs to the panels alone.
#[derive(Resource, Default)]
pub struct PanelState(pub UiState);

/// A loaded model brings the settings that it was trained with; epochs and seed are the session's own.
pub fn adopt_settings(mut events: MessageReader<FromWorker>, mut panels: ResMut<PanelState>) {
    for FromWorker(event) in events.read() {
        if let Event::ModelReady {
            config: Some(config), ..
        } = event
        {
            let ui_state = &mut panels.0;
            ui_state.clip_norm = config.grad_clip_norm.unwrap_or(ui_state.clip_norm);
            ui_state.config = TrainingConfig {
                max_epochs: ui_state.config.max_epochs,
                seed: ui_state.config.seed,
                ..config.clone()
            };
        }
    }
}
