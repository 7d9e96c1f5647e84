//! From latents to displayed positions.

use bevy::prelude::*;

use crate::cloud::CloudDimension;
use ssvae_core::projection::Projector;

/// What the cloud was given last.
#[derive(Resource, Default)]
pub struct Projection {
    pub(super) version: u64,
    /// Of what is compared.
    pub(super) compared: u64,
    pub(super) dimension: Option<CloudDimension>,
    /// Leads from latents to what is shown, and back.
    pub projector: Projector,
}

/// Where latents, row-major `[n, latent_dim]`, are shown.
pub fn positions_of(
    projector: &mut Projector,
    (latents, latent_dim): (&[f32], usize),
    axes: usize,
) -> Vec<Vec3> {
    let positions = projector.project(latents, latent_dim, axes);
    positions.into_iter().map(Vec3::from_array).collect()
}
