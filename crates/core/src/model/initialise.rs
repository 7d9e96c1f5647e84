//! Fresh weights as Flax draws them: LeCun normal kernels (a normal truncated at two deviations, LeCun et al. 1998,
//! with the variance corrected for the truncation), zero biases.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::config::Architecture;
use super::layers::parameters;
use super::parameters::{Parameters, Tensor};

/// Standard deviation of a standard normal truncated to [−2, 2].
const TRUNCATED_DEVIATION: f32 = 0.879_625_6;

/// Weights that have learnt nothing. The same seed and architecture give the same ones on every machine.
pub fn fresh_parameters(architecture: &Architecture, seed: u64) -> Parameters {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut parameters = parameters(architecture);
    // Numbers are drawn in the order of the names.
    parameters.sort_by(|a, b| a.path.cmp(&b.path));
    let tensors = parameters.into_iter().map(|parameter| {
        let count = parameter.elements();
        let data = match parameter.shape.split_last() {
            Some((_, inputs)) if parameter.is_kernel => {
                let fan_in = inputs.iter().product::<usize>().max(1) as f32;
                let deviation = fan_in.recip().sqrt() / TRUNCATED_DEVIATION;
                let mut number = || truncated_normal(&mut rng) * deviation;
                (0..count).map(|_| number()).collect()
            }
            _ => vec![0.0; count],
        };
        let shape = parameter.shape;
        (parameter.path, Tensor { shape, data })
    });
    Parameters(tensors.collect())
}

fn truncated_normal(rng: &mut ChaCha8Rng) -> f32 {
    loop {
        let x: f32 = StandardNormal.sample(rng);
        if x.abs() <= 2.0 {
            return x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::NetworkKind::{Conv, Dense};
    use super::*;

    #[test]
    fn a_seed_gives_the_weights_that_it_has_always_given() {
        for (encoder, decoder, hidden_dims, expected) in [
            (Dense, Dense, vec![], "62e72d862d0791c90bce5b46af3b8e31"),
            (Dense, Dense, vec![40, 24], "99aba565e1f94a69c363d125ac1ca6a3"),
            (Conv, Conv, vec![40, 24], "683d414d482a236214636e94d77f0211"),
        ] {
            let architecture = Architecture {
                encoder,
                decoder,
                hidden_dims,
                latent_dim: 3,
                ..Architecture::default()
            };
            assert_eq!(fresh_parameters(&architecture, 11).digest(), expected);
        }
    }
}
