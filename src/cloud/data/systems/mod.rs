//! The systems that keep the samples.

pub mod ingest;
pub mod transition;
