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
pub use camera::messages::{FitView, Reveal, ViewRested};
pub use camera::settings::{CameraGate, CloudDimension, CloudOutput, CloudTarget, CloudViewport};
pub use camera::view::CloudView;
pub use data::message::{
    LabelChanged, NewPositions, Placement, ReplaceSuggestions, ReplaceTrueLabels, ReplaceUserLabels,
    Suggestions,
};
pub use data::transition::Morph;
pub use data::visibility::PointFilter;
pub use input::pointer::{CancelStroke, NextStroke};
pub use input::region::RegionKind;
pub use plugin::CloudPlugin;
pub use render::level_of_detail::LevelOfDetail;
pub use selection::chosen::{AlterChoice, Choose, Choosing, Chosen, ChosenChanged};
pub use selection::single::{HoverChanged, Hovered, Select, Selected, SelectionChanged};
pub use style::palette::{ColorMode, Ground, Palette, PointShapes, Scheme};

pub(crate) use camera::fit::Fit;
pub(crate) use camera::pose::Pose;
pub(crate) use camera::settings::main_texture_usages;
pub(crate) use clock::{Clock, ClockSystems};
pub(crate) use data::labelled::Labelled;
pub(crate) use data::points::Points;
pub(crate) use data::sample::Latent;
pub(crate) use data::samples::Samples;
#[cfg(test)]
pub(crate) use data::transition::Departures;
pub(crate) use data::transition::Transition;
pub(crate) use input::pointer::Pointer;
pub(crate) use input::region::Region;
pub(crate) use render::buffers::CloudBuffers;
pub(crate) use render::point_layer_cache::PointLayerCache;
pub(crate) use render::splat::geometry::{FORMAT as SPLAT_FORMAT, canvas_fits};
pub(crate) use render::splat::pass_buffers::PassBuffers;
pub(crate) use render::splat::renderer::Splat;
pub(crate) use render::splat::source::CLOUD as CLOUD_SHADER;
pub(crate) use schedule::CloudSystems;
pub(crate) use selection::finder::Finder;
pub(crate) use selection::picker::Picker;
pub(crate) use style::palette::SHAPES;
