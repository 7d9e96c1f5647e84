//! The panels around the cloud.
//!
//! Each panel is a function of what the app knows ([`OverlayState`]), of the values the user is about to send
//! ([`OverlayForm`]) and of a sink of [`Intent`]s. Nothing here changes the app: [`layout::show`] draws all panels,
//! fills the sink and returns the rectangle that is left for the cloud.

pub mod choosing;
pub mod color;
pub mod curves;
pub mod form;
pub mod hover;
pub mod intent;
pub mod keys;
pub mod labelling;
pub mod layout;
pub mod loading;
pub mod log;
pub mod model;
pub mod number;
pub mod problems;
pub mod runs;
pub mod sample;
pub mod section;
pub mod settings;
pub mod state;
pub mod statistics;
pub mod theme;
pub mod thumbnail;
pub mod training;

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod tests;

pub use form::OverlayForm;
pub use intent::{Dimension, Intent};
pub use layout::{Viewport, show, wants_keyboard};
pub use state::OverlayState;
