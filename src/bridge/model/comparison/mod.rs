//! Two states of the model, compared in place.

pub mod state;
pub mod systems;
