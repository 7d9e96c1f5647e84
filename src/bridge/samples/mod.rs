//! The samples: what is known of them, where they lie, and which images are shown.

pub mod chosen_images;
pub mod classes;
pub mod confusion_cells;
pub mod legend;
pub mod projection;
pub mod projection_sync;
pub mod sample_images;
pub mod sample_query;
pub mod summary;
