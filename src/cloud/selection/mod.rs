//! Which samples are hovered, selected and chosen.

pub mod chosen;
pub mod single;
