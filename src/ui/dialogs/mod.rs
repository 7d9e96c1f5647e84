//! What stands over the whole window until it is answered or closed.

pub mod closing;
pub mod command_palette;
pub mod export;
pub mod help;
pub mod image_grid_window;
pub mod opening;
pub mod test_images;
