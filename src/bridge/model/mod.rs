//! The training worker, and what is known of the model.

pub mod bring_back;
pub mod comparison;
pub mod probe;
pub mod progress;
pub mod run_storage;
pub mod weights_provenance;
pub mod worker;
