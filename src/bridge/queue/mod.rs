//! Going through the samples.

pub mod state;
pub mod systems;
