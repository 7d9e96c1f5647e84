//! The point cloud: one entity per sample, drawn by a few shaders over shared buffers, looked at through one camera.
//!
//! What goes in, as messages: [`NewPositions`], [`SetUserLabel`], [`ReplaceUserLabels`], [`ReplaceTrueLabels`],
//! [`Select`], [`Choose`], [`AlterChoice`], [`CancelStroke`], [`Reveal`], [`FitView`]; as resources: [`ColorMode`], [`Palette`], [`PointShapes`], [`Shown`], [`CloudDimension`], [`CloudViewport`],
//! [`CameraGate`], [`CloudTarget`], [`CloudOutput`], [`Hold`], and Bevy's `ClearColor` for what lies beside the canvas.
//! What comes out: [`Hovered`], [`Selected`], [`Chosen`], [`Choosing`], [`CloudView`], [`Detail`](detail::Detail), and
//! the messages [`HoverChanged`], [`SelectionChanged`], [`ChosenChanged`], [`ViewRested`], [`NextFrame`].
//!
//! In each frame, in `PostUpdate`: messages → components, pointer → camera → view → selection; then what changed goes
//! to the GPU. Nothing is done per point unless points come, or the mouse asks which one it is over.

pub mod buffers;
pub mod camera;
pub mod chosen;
#[cfg(test)]
mod chosen_tests;
pub mod clock;
pub mod controls;
pub mod detail;
pub mod discs;
pub mod draw;
mod encode;
pub mod fit;
pub mod index;
pub mod ingest;
pub mod labelled;
pub mod marks;
pub mod message;
pub mod motion;
pub mod palette;
pub mod picking;
pub mod pipeline;
pub mod plain;
pub mod pointer;
pub mod points;
pub mod positions;
pub mod region;
pub mod reveal;
pub mod sample;
pub mod samples;
pub mod selection;
pub mod shown;
pub mod slot;
pub mod splat;
pub mod still;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod uniforms;
pub mod view;

use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::window::RequestRedraw;

pub use camera::{CameraGate, CloudCamera, CloudDimension, CloudOutput, CloudTarget, CloudViewport};
pub use chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
pub use fit::FitView;
pub use ingest::CloudBounds;
pub use message::{
    Hold, NewPositions, NextFrame, Placement, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels,
    SetUserLabel, Suggestions,
};
pub use motion::Morph;
pub use palette::{CERTAINTY_DOMAIN, ColorMode, Palette, PointShapes};
pub use pointer::{CancelStroke, NextStroke};
pub use reveal::Reveal;
pub use samples::Samples;
pub use selection::{HoverChanged, Hovered, Select, Selected, SelectionChanged};
pub use shown::Shown;
pub use view::{CloudView, ViewRested};

/// The stages of the cloud within `PostUpdate`, in their order. A user interface that sets [`CameraGate`] should do so
/// after `Motion` and before `Canvas`: it then knows what was asked for, and the cloud whose the mouse is.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CloudSystems {
    /// Messages become components, and what is selected.
    Ingest,
    /// Points move on.
    Motion,
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
                (Ingest, Motion, Canvas, Pointer, Camera, View, Selection).chain(),
            )
            .add_plugins((
                clock::ClockPlugin,
                ingest::IngestPlugin,
                motion::MotionPlugin,
                camera::CloudCameraPlugin,
                pointer::PointerPlugin,
                controls::ControlsPlugin,
                fit::FitPlugin,
                reveal::RevealPlugin,
                view::ViewPlugin,
                detail::DetailPlugin,
                selection::SelectionPlugin,
                chosen::ChosenPlugin,
            ));
        if app.get_sub_app(RenderApp).is_some() {
            app.add_plugins((buffers::BuffersPlugin, pipeline::PipelinePlugin, draw::DrawPlugin));
        }
    }
}
