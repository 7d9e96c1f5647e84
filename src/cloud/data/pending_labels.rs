//! Labels and suggestions that came before the samples they belong to.

use std::sync::Arc;

use bevy::prelude::*;

use super::message::Suggestions;

/// By serial.
#[derive(Resource, Default)]
pub struct PendingLabels {
    pub user: Vec<Option<u8>>,
    pub truth: Arc<Vec<Option<u8>>>,
    pub suggestions: Arc<Suggestions>,
}
