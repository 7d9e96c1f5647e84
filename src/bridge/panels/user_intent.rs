//! What the user asks the panels for, as a message.

use bevy::prelude::*;

use crate::ui::intent::Intent;

/// What the user asked the overlay for.
#[derive(Message, Clone, Debug)]
pub struct UserIntent(pub Intent);

/// Whether the panels have asked for something that is not carried out yet.
#[derive(Resource, Default)]
pub struct PendingIntents(pub bool);
