//! Which point the mouse is over, and which one is selected.

use bevy::prelude::*;

/// Serial of the point under the cursor.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hovered(pub Option<u32>);

/// Serial of the selected point.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selected(pub Option<u32>);

/// Asks for a selection, or for none.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Select(pub Option<u32>);

/// [`Hovered`] has changed to this.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoverChanged(pub Option<u32>);

/// [`Selected`] has changed to this.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct SelectionChanged(pub Option<u32>);
