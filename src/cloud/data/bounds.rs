//! How far the cloud reaches.

use bevy::prelude::*;

use super::sample::clamp_finite;

/// Corners of the box around all finite targets, or `None` without any.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct CloudBounds(pub Option<(Vec3, Vec3)>);

impl CloudBounds {
    /// The box around these.
    pub fn around<'a>(positions: impl Iterator<Item = &'a Vec3>) -> Self {
        let corners = positions
            .map(|&position| clamp_finite(position))
            .filter(|position| position.is_finite())
            .fold(None, |corners: Option<(Vec3, Vec3)>, position| {
                let (min, max) = corners.unwrap_or((position, position));
                Some((min.min(position), max.max(position)))
            });
        Self(corners)
    }
}
