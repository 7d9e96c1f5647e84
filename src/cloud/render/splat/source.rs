//! The shaders of the cloud as text.

/// All shaders of the cloud begin with this.
pub const CLOUD: &str = include_str!("../../../../shaders/cloud.wgsl");

/// Points on top: labelled, hovered, selected.
pub const POINTS: &str = include_str!("../../../../shaders/points.wgsl");

/// The passes that draw plain points.
pub const SPLAT: &str = include_str!("../../../../shaders/splat.wgsl");

/// The depths of plain points.
pub const DEPTH: &str = include_str!("../../../../shaders/depth.wgsl");
