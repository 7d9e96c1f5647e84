//! What is drawn over the cloud.

pub mod choosing;
pub mod hints;
pub mod hover;
pub mod images;
pub mod toasts;
