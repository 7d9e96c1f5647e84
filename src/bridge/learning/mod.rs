//! What follows from the labels: asked of [`ssvae_core::active_learning`] when anything changes, and shown when it is answered.

mod answers;
pub mod plugin;
mod runs;
pub mod state;
