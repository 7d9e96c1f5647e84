//! The state of the panels: what is open, what is written in their fields, and the preferences.

use bevy::prelude::*;

use crate::bridge::worker::messages::ModelReady;
use crate::ui::UiState;
use ssvae_core::model::config::TrainingConfig;

pub struct PanelStatePlugin;

impl Plugin for PanelStatePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<PanelState>()
            .add_systems(Update, adopt_settings);
    }
}

/// The state of the panels.
#[derive(Resource, Default)]
pub struct PanelState(pub UiState);

/// A loaded model brings the settings that it was trained with; epochs and seed stay as they are.
fn adopt_settings(mut models: MessageReader<ModelReady>, mut ui_state: ResMut<PanelState>) {
    for ModelReady { config, .. } in models.read() {
        if let Some(config) = config {
            let ui_state = &mut ui_state.0;
            ui_state.clip_norm = config.grad_clip_norm.unwrap_or(ui_state.clip_norm);
            ui_state.config = TrainingConfig {
                max_epochs: ui_state.config.max_epochs,
                seed: ui_state.config.seed,
                ..config.clone()
            };
        }
    }
}
