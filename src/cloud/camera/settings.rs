//! The camera's component, and what others say about where it draws and who has the mouse.

use bevy::camera::{CameraMainTextureUsages, CameraOutputMode, RenderTarget};
use bevy::prelude::*;
use bevy::render::extract_component::ExtractComponent;
use bevy::render::render_resource::TextureUsages;

/// Marks the camera of the cloud.
#[derive(Component, Clone, Copy, Debug, Default, ExtractComponent)]
pub struct CloudCamera;

/// How many dimensions of the latent space are shown.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloudDimension {
    /// The plane, seen from above by an orthographic camera.
    #[default]
    Two,
    /// Space, seen by a perspective camera that can be turned.
    Three,
}

impl CloudDimension {
    /// The number itself.
    pub fn axes(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Three => 3,
        }
    }
}

/// Who has the mouse. Set by the user interface in every frame.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CameraGate {
    /// Whether the pointer belongs to a panel, so that the cloud ignores what the mouse does.
    pub pointer_over_ui: bool,
}

/// The part of the window that panels leave to the cloud, in logical pixels; `None` is all of it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct CloudViewport(pub Option<Rect>);

/// What the cloud is drawn to: the primary window unless something else is put here.
#[derive(Resource, Clone, Debug, Default)]
pub struct CloudTarget(pub RenderTarget);

/// Whether the picture goes to its target at once, or another camera of the same target draws on it and takes it there.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct CloudOutput(pub CameraOutputMode);

/// What the camera covers, in logical pixels of its target; `None` before the target is known.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Canvas(pub Option<Rect>);

/// Of the texture that the cloud is drawn to: the picture of the plain points is copied there. A camera that is to draw on
/// the same texture needs the same usages.
pub fn main_texture_usages() -> CameraMainTextureUsages {
    CameraMainTextureUsages::default().with(TextureUsages::COPY_DST)
}
