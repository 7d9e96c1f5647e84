//! Training: commands in, events out.

pub mod message;
