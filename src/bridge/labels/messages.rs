//! What has become of labels.

use bevy::prelude::*;

/// A sample's label has become another one.
#[derive(Message, Clone, Copy, Debug)]
pub struct LabelChanged {
    pub serial: u32,
    pub before: Option<u8>,
    pub after: Option<u8>,
}

/// A point that has got another colour in this frame.
#[derive(Message, Clone, Copy, Debug)]
pub struct Recoloured {
    pub serial: u32,
    pub label: Option<u8>,
}
