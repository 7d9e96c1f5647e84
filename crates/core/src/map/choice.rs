//! [`LayoutChoice`]: what the positions in the cloud stand for.

use crate::choice::Choice;

/// What the positions in the cloud stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LayoutChoice {
    /// The latent space itself, or its leading principal components.
    #[default]
    Latent,
    /// A map of which latents are neighbours.
    LatentMap,
    /// A map of the similarity graph's neighbours.
    GraphMap,
}

impl Choice for LayoutChoice {
    const ALL: &'static [Self] = &[Self::Latent, Self::LatentMap, Self::GraphMap];

    fn name(self) -> &'static str {
        match self {
            Self::Latent => "latent",
            Self::LatentMap => "map_of_latents",
            Self::GraphMap => "map_of_neighbours",
        }
    }
}
