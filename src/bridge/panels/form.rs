//! The state of the panels: what is open, what is written in their fields, and the preferences.

use bevy::prelude::*;

use crate::bridge::worker::messages::ModelReady;
use crate::ui::UiState;
use ssvae_core::model::config::TrainingConfig;

pub struct FormPlugin;

impl Plugin for FormPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Form>().add_systems(Update, adopt_settings);
    }
}

/// The state of the panels.
#[derive(Resource, Default)]
pub struct Form(pub UiState);

/// A loaded model brings the settings that it was trained with; epochs and seed stay as they are.
fn adopt_settings(mut models: MessageReader<ModelReady>, mut form: ResMut<Form>) {
    for ModelReady { config, .. } in models.read() {
        if let Some(config) = config {
            let form = &mut form.0;
            form.clip_norm = config.grad_clip_norm.unwrap_or(form.clip_norm);
            form.config = TrainingConfig {
                max_epochs: form.config.max_epochs,
                seed: form.config.seed,
                ..config.clone()
            };
        }
    }
}
