//! What is drawn over the cloud.

pub mod choosing;
pub mod hints;
pub mod hover;
pub mod probe;
pub mod sample_images;
pub mod toasts;
