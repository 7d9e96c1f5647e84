//! The event log.

pub mod entry;
pub mod message;
pub mod milestones;
pub mod writer;
