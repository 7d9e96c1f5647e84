//! The panels around the cloud.
//!
//! Each panel is a function of what the app knows ([`OverlayState`]), of the values the user is about to send
//! ([`OverlayForm`]) and of a sink of [`Intent`]s. Nothing here changes the app: [`layout::show`] draws all panels,
//! fills the sink and returns the rectangle that is left for the cloud.

pub mod accuracy;
pub mod advice;
pub mod audit;
pub mod bar;
pub mod changes;
pub mod choosing;
pub mod chosen;
pub mod closing;
pub mod color;
pub mod command_palette;
pub mod commands;
pub mod curves;
pub mod doubts;
pub mod export;
pub mod filter;
pub mod fonts;
pub mod form;
pub mod gallery;
pub mod gallery_window;
pub mod help;
pub mod hints;
pub mod hover;
pub mod images;
pub mod intent;
pub mod jobs;
pub mod keys;
pub mod labelling;
pub mod layout;
pub mod log;
pub mod model;
pub mod neighbours;
pub mod number;
pub mod opening;
pub mod preferences;
pub mod probe;
pub mod problem;
pub mod progress;
pub mod results;
pub mod runs;
pub mod sample;
pub mod section;
pub mod settings;
pub mod share;
pub mod state;
pub mod statistics;
pub mod test_images;
pub mod theme;
pub mod thumbnail;
pub mod toasts;
pub mod training;

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod tests;

pub use form::OverlayForm;
pub use intent::{Dimension, Intent};
pub use layout::{Viewport, show};
pub use state::OverlayState;
