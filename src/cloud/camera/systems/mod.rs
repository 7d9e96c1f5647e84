//! The systems of the camera.

pub mod controls;
pub mod fit;
pub mod orbit;
pub mod reveal;
pub mod view;
