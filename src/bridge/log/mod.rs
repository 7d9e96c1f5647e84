//! The event log.

pub mod entry;
pub mod milestones;
pub mod writer;
