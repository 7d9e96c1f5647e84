//! Features of vectors that other networks have made.

use rayon::prelude::*;

use super::components::{COMPONENTS, components_of};
use super::features::Features;
use super::rows::Rows;
use crate::dataset::Vectors;
use crate::job::{Cancelled, Job};

/// Vectors of so many numbers or fewer are coordinates, such as latents or principal components, and compared as they are.
/// Embeddings of networks are longer; their custom is the cosine.
const COORDINATES: usize = 64;

/// What samples with these vectors are compared by.
///
/// Vectors of more than 64 numbers are scaled to length 1, by which the squared distance of two is 2 − 2 cos of the angle
/// between them: CLIP's embeddings are made to be compared by the cosine (Radford et al. 2021, arXiv:2103.00020), and
/// DINO's are evaluated by neighbours of such vectors (Caron et al. 2021, arXiv:2104.14294; after Wu et al. 2018,
/// arXiv:1805.01978). They are then drawn together to their leading 50 principal components, as images are. A vector of
/// zeros stays one.
///
/// # Errors
/// If it is cancelled.
pub fn features(vectors: &Vectors, job: &Job) -> Result<Features, Cancelled> {
    let dim = vectors.dim();
    let mut values = vectors.values().to_vec();
    if dim <= COORDINATES.max(COMPONENTS) {
        return Ok(Features::new(values, dim));
    }
    values.par_chunks_exact_mut(dim).for_each(|vector| {
        // In 64 bits no square of a 32-bit number is too large.
        let squares = vector.iter().map(|&value| f64::from(value).powi(2));
        let length = squares.sum::<f64>().sqrt();
        if length > 0.0 {
            vector
                .iter_mut()
                .for_each(|value| *value = (f64::from(*value) / length) as f32);
        }
    });
    components_of(Rows::Features(&Features::new(values, dim)), job)
}
