//! The map: a layout of the samples in two or three dimensions in which neighbours lie together, whatever the dimension
//! of what they are neighbours by.
//!
//! It is UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426) of neighbours that are given, as the package `umap-learn`
//! builds it: `fuzzy` is the weighted graph, `layout` the map while it is optimised, `start` where it begins and how it is
//! turned onto the one before. [`Mapping`] is the thread that does this beside the window.

mod choice;
mod curve;
mod error;
mod fuzzy;
mod inverse;
mod layout;
mod optimiser;
mod power;
#[cfg(test)]
mod quality;
mod random;
mod settings;
mod start;
mod thread;

pub use choice::LayoutChoice;
pub use error::MapError;
pub use inverse::latents_near;
pub use settings::Settings;
pub use thread::{Mapping, News, Request, Source};

#[cfg(test)]
mod tests;
