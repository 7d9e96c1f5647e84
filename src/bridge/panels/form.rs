//! The state of the panels: what is open, what is written in their fields, and the preferences.

use bevy::prelude::*;

use crate::bridge::worker::messages::FromWorker;
use crate::ui::UiState;
use ssvae_core::model::config::TrainingConfig;
use ssvae_core::training::message::Event;

pub struct FormPlugin;

impl Plugin for FormPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Form>().add_systems(Update, adopt_settings);
    }
}

/// What belongs to the overlay alone.
#[derive(Resource, Default)]
pub struct Form(pub UiState);

/// A loaded model brings the settings that it was trained with; epochs and seed are the session's own.
fn adopt_settings(mut events: MessageReader<FromWorker>, mut form: ResMut<Form>) {
    for FromWorker(event) in events.read() {
        if let Event::ModelReady {
            config: Some(config), ..
        } = event
        {
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
