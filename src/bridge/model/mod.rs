//! What is known of the model, and what the user asks of it.

pub mod bring_back;
pub mod comparison;
pub mod probe;
pub mod progress;
pub mod run_storage;
pub mod weights_provenance;
