//! Parts that several panels share.

pub mod choice;
pub mod image_grid;
pub mod jobs;
pub mod picture;
pub mod progress_bar;
pub mod section;
pub mod thumbnail;
pub mod type_ahead;
