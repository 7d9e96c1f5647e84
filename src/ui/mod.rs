//! The panels around the cloud.
//!
//! Each panel is a function of its view (all of them together are the [`ViewModel`]), of the values that the user is about
//! to send ([`UiState`]) and of a sink of [`Intent`]s. Nothing here changes the app: [`layout::show`] draws all panels,
//! fills the sink and returns the rectangle that is left for the cloud.

pub mod canvas;
pub mod dialogs;
pub mod panels;
pub mod widgets;

pub mod commands;
pub mod feedback;
pub mod fonts;
pub mod intent;
pub mod keys;
pub mod layout;
pub mod preferences;
pub mod problem;
pub mod run_state;
pub mod sample_view;
pub mod theme;
pub mod toolbar;
pub mod ui_state;
pub mod view_model;

#[cfg(test)]
pub mod fixture;
#[cfg(test)]
mod tests;

pub use intent::{Dimension, Intent};
pub use layout::{Viewport, show};
pub use ui_state::UiState;
pub use view_model::ViewModel;
