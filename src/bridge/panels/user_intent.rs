//! The user's intents as messages.

use bevy::prelude::*;

use crate::ui::Intent;

/// Something that the user asked for by a panel or a key.
#[derive(Message, Clone, Debug)]
pub struct UserIntent(pub Intent);

/// Whether intents of the panels are not carried out yet.
#[derive(Resource, Default)]
pub struct PendingIntents(pub bool);
