//! The training worker: commands go in, events come out.

pub mod messages;
pub mod plugin;
