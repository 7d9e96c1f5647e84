//! The point cloud: one entity per sample, drawn by a few shaders over shared buffers, looked at through one camera.
//!
//! What goes in, as messages: [`NewPositions`], [`LabelChanged`], [`ReplaceUserLabels`], [`ReplaceTrueLabels`],
//! [`ReplaceSuggestions`], [`Select`], [`Choose`], [`AlterChoice`], [`CancelStroke`], [`Reveal`], [`FitView`]; as
//! resources: [`ColorMode`], [`Palette`], [`PointShapes`], [`PointFilter`], [`Morph`], [`CloudDimension`],
//! [`CloudViewport`], [`CameraGate`], [`CloudTarget`], [`CloudOutput`], [`AnimationPaused`], [`NextStroke`], and Bevy's
//! `ClearColor` for what lies beside the canvas. What comes out: [`Hovered`], [`Selected`], [`Chosen`], [`Choosing`],
//! [`CloudView`], [`LevelOfDetail`], and the messages [`HoverChanged`], [`SelectionChanged`], [`ChosenChanged`],
//! [`ViewRested`], [`NextFrame`].
//!
//! In each frame, in `PostUpdate`: messages → components, pointer → camera → view → selection; then what changed goes
//! to the GPU. Nothing is done per point unless points come, or the mouse asks which one it is over.

mod animation;
mod camera;
mod clock;
mod data;
mod input;
mod plugin;
mod render;
mod schedule;
mod selection;
mod style;

#[cfg(test)]
mod tests;

pub use animation::{AnimationPaused, NextFrame};
pub use camera::fit::Fit;
pub use camera::messages::{FitView, Reveal, ViewRested};
pub use camera::pose::Pose;
pub use camera::settings::{
    CameraGate, CloudCamera, CloudDimension, CloudOutput, CloudTarget, CloudViewport, main_texture_usages,
};
pub use camera::view::CloudView;
pub use clock::{Clock, ClockSystems};
pub use data::labelled::Labelled;
pub use data::message::{
    LabelChanged, NewPositions, Placement, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels,
    Suggestions,
};
pub use data::points::Points;
pub use data::sample::Latent;
pub use data::samples::Samples;
pub use data::transition::{Departures, Morph, Transition};
pub use data::visibility::PointFilter;
pub use input::pointer::{CancelStroke, NextStroke, Pointer};
pub use input::region::{Region, RegionKind};
pub use plugin::CloudPlugin;
pub use render::buffers::CloudBuffers;
pub use render::level_of_detail::LevelOfDetail;
pub use render::point_layer_cache::PointLayerCache;
pub use render::splat::geometry::{FORMAT as SPLAT_FORMAT, canvas_fits};
pub use render::splat::pass_buffers::PassBuffers;
pub use render::splat::renderer::Splat;
pub use render::splat::source::CLOUD as CLOUD_SHADER;
pub use schedule::CloudSystems;
pub use selection::chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
pub use selection::finder::Finder;
pub use selection::picker::Picker;
pub use selection::single::{HoverChanged, Hovered, Select, Selected, SelectionChanged};
pub use style::palette::{CERTAINTY_DOMAIN, ColorMode, Ground, Palette, PointShapes, SHAPES, Scheme};
