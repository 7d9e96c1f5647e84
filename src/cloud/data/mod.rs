//! What the cloud knows of the samples.

pub mod allocator;
pub(crate) mod encode;
pub mod ingest;
pub mod labelled;
pub mod message;
pub mod point_flags;
pub mod points;
pub mod sample;
pub mod samples;
pub mod visibility;
