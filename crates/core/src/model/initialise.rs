//! Fresh weights as Flax draws them: LeCun normal kernels (a normal truncated at two deviations, LeCun et al. 1998,
//! with the variance corrected for the truncation), zero biases.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::checkpoint::{Parameters, Tensor, expected_shapes};

use super::config::Architecture;

/// Standard deviation of a standard normal truncated to [−2, 2].
const TRUNCATED_DEVIATION: f32 = 0.879_625_6;

/// The same seed and architecture give the same weights on every machine.
pub fn fresh_parameters(architecture: &Architecture, seed: u64) -> Parameters {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let tensors: BTreeMap<String, Tensor> = expected_shapes(architecture)
        .into_iter()
        .map(|(path, shape)| {
            let data = match shape.split_last() {
                Some((_, inputs)) if path.ends_with("/kernel") => {
                    let fan_in = inputs.iter().product::<usize>().max(1) as f32;
                    let deviation = fan_in.recip().sqrt() / TRUNCATED_DEVIATION;
                    let count = shape.iter().product();
                    (0..count)
                        .map(|_| truncated_normal(&mut rng) * deviation)
                        .collect()
                }
                _ => vec![0.0; shape.iter().product()],
            };
            (path, Tensor { shape, data })
        })
        .collect();
    Parameters(tensors)
}

fn truncated_normal(rng: &mut ChaCha8Rng) -> f32 {
    loop {
        let x: f32 = StandardNormal.sample(rng);
        if x.abs() <= 2.0 {
            return x;
        }
    }
}
