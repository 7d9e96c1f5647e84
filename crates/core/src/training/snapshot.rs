//! What the model says of every sample.

/// What a model says of each of `n` samples.
#[derive(Clone, Debug, PartialEq)]
pub struct LatentSnapshot {
    /// Rises by one with each snapshot of a session, from 1.
    pub version: u64,
    /// Dimensions of the latent space.
    pub latent_dim: usize,
    /// Posterior means, row-major `[n, latent_dim]`.
    pub latents: Vec<f32>,
    /// Predicted class of each sample, `[n]`; empty where there is no model, as of vectors alone.
    pub classes: Vec<u8>,
    /// Probability of the predicted class, `[n]`, in 0..=1.
    pub certainty: Vec<f32>,
    /// Difference of its two largest probabilities, `[n]`, in 0..=1.
    pub margin: Vec<f32>,
}

impl LatentSnapshot {
    /// Number of samples.
    pub fn len(&self) -> usize {
        self.latents.len() / self.latent_dim.max(1)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.latents.is_empty()
    }
}

/// A snapshot of `n` samples that is to be filled: everything is 0.
pub fn empty_snapshot(n: usize, latent_dim: usize) -> LatentSnapshot {
    LatentSnapshot {
        version: 0,
        latent_dim,
        latents: vec![0.0; n * latent_dim],
        classes: vec![0; n],
        certainty: vec![0.0; n],
        margin: vec![0.0; n],
    }
}
