//! The map: a layout of the samples in two or three dimensions in which neighbours lie together, whatever the dimension
//! of what they are neighbours by.
//!
//! It is UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426) of neighbours that are given, as the package `umap-learn`
//! builds it: [`FuzzySet`] is the weighted graph, [`Map`] the layout while it is optimised. Layouts of successive latents
//! are joined by [`continued`] and [`turned_onto`].

mod choice;
mod curve;
mod error;
mod fuzzy;
mod inverse;
mod layout;
mod optimiser;
mod power;
mod quality;
mod random;
mod settings;
mod start;
mod thread;

pub use choice::LayoutChoice;
pub use curve::Curve;
pub use error::MapError;
pub use fuzzy::FuzzySet;
pub use inverse::latents_near;
pub use layout::Map;
pub use quality::{class_agreement, trustworthiness};
pub use settings::Settings;
pub use start::{continued, scaled, turned_onto};
pub use thread::{Mapping, News, Request, Source};

#[cfg(test)]
mod tests;
