//! Dialogs over the whole window.

pub mod class_search;
pub mod closing;
pub mod command_palette;
pub mod export;
pub mod help;
pub mod image_grid_window;
pub mod opening;
pub mod test_images;
