//! What the camera is asked for, and what it reports.

use bevy::prelude::*;

/// Asks for a view of the whole cloud.
#[derive(Message, Clone, Copy, Debug, Default)]
pub struct FitView;

/// Asks for the sample of this serial to be in view. One that is there already moves nothing.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reveal(pub u32);

/// The view has come to rest after a change.
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct ViewRested {
    /// Latent coordinates of the middle of the canvas.
    pub center: [f32; 2],
    /// Logical pixels per latent unit.
    pub pixels_per_unit: f32,
    /// Left, top, width and height of the canvas in logical pixels of the window.
    pub viewport: [f32; 4],
}
