//! The point cloud: one entity per sample, drawn by a few shaders over shared buffers, looked at through one camera.
//!
//! What goes in, as messages: [`NewPositions`], [`LabelChanged`], [`ReplaceUserLabels`], [`ReplaceTrueLabels`],
//! [`Select`], [`Choose`], [`AlterChoice`], [`CancelStroke`], [`Reveal`], [`FitView`]; as resources: [`ColorMode`], [`Palette`], [`PointShapes`], [`Shown`], [`CloudDimension`], [`CloudViewport`],
//! [`CameraGate`], [`CloudTarget`], [`CloudOutput`], [`Hold`], and Bevy's `ClearColor` for what lies beside the canvas.
//! What comes out: [`Hovered`], [`Selected`], [`Chosen`], [`Choosing`], [`CloudView`], [`LevelOfDetail`](render::level_of_detail::LevelOfDetail), and
//! the messages [`HoverChanged`], [`SelectionChanged`], [`ChosenChanged`], [`ViewRested`], [`NextFrame`].
//!
//! In each frame, in `PostUpdate`: messages → components, pointer → camera → view → selection; then what changed goes
//! to the GPU. Nothing is done per point unless points come, or the mouse asks which one it is over.

pub mod camera;
pub mod data;
pub mod input;
pub mod render;
pub mod selection;
pub mod style;

#[cfg(test)]
mod tests;

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::window::RequestRedraw;

pub use camera::fit::FitView;
pub use camera::orbit::{CameraGate, CloudCamera, CloudDimension, CloudOutput, CloudTarget, CloudViewport};
pub use camera::reveal::Reveal;
pub use camera::view::{CloudView, ViewRested};
pub use data::ingest::CloudBounds;
pub use data::message::{
    Hold, LabelChanged, NewPositions, NextFrame, Placement, ReplaceSuggestions, ReplaceTrueLabels,
    ReplaceUserLabels, Suggestions,
};
pub use data::samples::Samples;
pub use data::visibility::Shown;
pub use input::pointer::{CancelStroke, NextStroke};
pub use render::transition::Morph;
pub use selection::chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
pub use selection::single::{HoverChanged, Hovered, Select, Selected, SelectionChanged};
pub use style::palette::{CERTAINTY_DOMAIN, ColorMode, Palette, PointShapes};

/// The stages of the cloud within `PostUpdate`, in their order. A user interface that sets [`CameraGate`] should do so
/// after `Transition` and before `Canvas`: it then knows what was asked for, and the cloud whose the mouse is.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloudSystems {
    /// Messages become components, and what is selected.
    Ingest,
    /// Points move on.
    Transition,
    /// The camera gets its part of the window.
    Canvas,
    /// The mouse is read.
    Pointer,
    /// The camera is moved.
    Camera,
    /// What is on the screen becomes known.
    View,
    /// Hover and selection.
    Selection,
}

/// The whole cloud. Without a render app (in tests) it does everything but draw.
pub struct CloudPlugin;

impl Plugin for CloudPlugin {
    fn build(&self, app: &mut App) {
        use CloudSystems::*;
        app.add_message::<RequestRedraw>()
            .add_message::<NextFrame>()
            .init_resource::<Hold>()
            .init_resource::<ColorMode>()
            .init_resource::<Palette>()
            .init_resource::<Shown>()
            .init_resource::<PointShapes>()
            .configure_sets(
                PostUpdate,
                (Ingest, Transition, Canvas, Pointer, Camera, View, Selection).chain(),
            )
            .add_plugins((
                camera::clock::ClockPlugin,
                data::ingest::IngestPlugin,
                render::transition::TransitionPlugin,
                camera::orbit::CloudCameraPlugin,
                input::pointer::PointerPlugin,
                camera::controls::ControlsPlugin,
                camera::fit::FitPlugin,
                camera::reveal::RevealPlugin,
                camera::view::ViewPlugin,
                render::level_of_detail::LevelOfDetailPlugin,
                selection::single::SelectionPlugin,
                selection::chosen::ChosenPlugin,
            ));
        if app.get_sub_app(RenderApp).is_some() {
            app.add_plugins((
                render::buffers::BuffersPlugin,
                render::pipeline::PipelinePlugin,
                render::draw::DrawPlugin,
            ));
        }
    }
}
