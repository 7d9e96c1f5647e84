//! Colours and sizes of the points.

pub mod discs;
pub mod palette;
