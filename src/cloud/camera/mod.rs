//! The camera, and what moves it.

pub mod clock;
pub mod controls;
pub mod fit;
pub mod orbit;
pub mod reveal;
pub mod view;
