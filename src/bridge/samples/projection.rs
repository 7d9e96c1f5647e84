//! From latents to displayed positions.

use bevy::prelude::*;

use crate::cloud::CloudDimension;
use ssvae_core::projection::Projector;

/// What the cloud was given last, and the projection it was made with.
#[derive(Resource, Default)]
pub struct Projection {
    pub(super) version: u64,
    /// Revision of the comparison.
    pub(super) compared: u64,
    pub(super) dimension: Option<CloudDimension>,
    /// Version of the map that is shown, 0 where latents are.
    pub(super) mapped: u64,
    /// Maps latents to displayed positions, and back.
    pub projector: Projector,
}

/// Displayed positions of latents, row-major `[n, latent_dim]`.
pub fn positions_of(
    projector: &mut Projector,
    (latents, latent_dim): (&[f32], usize),
    axes: usize,
) -> Vec<Vec3> {
    let positions = projector.project(latents, latent_dim, axes);
    positions.into_iter().map(Vec3::from_array).collect()
}
