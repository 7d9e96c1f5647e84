//! The systems of the selection.

pub mod chosen;
pub mod single;
