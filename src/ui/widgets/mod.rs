//! Parts that several panels share.

pub mod image_grid;
pub mod jobs;
pub mod progress_bar;
pub mod section;
pub mod thumbnail;
