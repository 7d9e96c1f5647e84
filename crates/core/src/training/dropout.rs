//! What the classifier is unsure of because it has seen too little: Monte-Carlo dropout.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::acquisition::entropy;
use crate::model::layers::Part;
use crate::model::parameters::Parameters;

use super::hidden::{DenseLayer, dense_layers};

/// Passes with different masks.
const PASSES: usize = 20;

/// Samples of a product. Each has masks of its own.
const BLOCK: usize = 512;

/// Mutual information of class and weights, `H(E p) − E H(p)` in nats, `[n]`, where p is the classifier's distribution for
/// the posterior means `latents`, `[n, latent_dim]`, under dropout at `rate` (BALD: Houlsby et al. 2011, by the dropout of
/// Gal, Islam & Ghahramani 2017). Without dropout it is 0.
pub fn mutual_information(parameters: &Parameters, latents: &[f32], rate: f32, seed: u64) -> Vec<f32> {
    let Some(layers) = dense_layers(parameters, Part::Classifier) else {
        return Vec::new();
    };
    let latent_dim = layers.first().map_or(1, DenseLayer::inputs);
    let classes = layers.last().map_or(1, DenseLayer::outputs);
    latents
        .par_chunks(BLOCK * latent_dim)
        .enumerate()
        .flat_map_iter(|(block, latents)| {
            let rows = latents.len() / latent_dim;
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(block as u64);
            let (mut mean, mut entropies) = (vec![0.0_f32; rows * classes], vec![0.0_f32; rows]);
            for _ in 0..PASSES {
                let mut x = latents.to_vec();
                for layer in &layers {
                    x = layer.forward(&x);
                    if layer.dropout {
                        for value in &mut x {
                            let stays = random.random::<f32>() >= rate;
                            *value = if stays { *value / (1.0 - rate) } else { 0.0 };
                        }
                    }
                }
                for ((row, mean), sum) in x
                    .chunks_exact_mut(classes)
                    .zip(mean.chunks_exact_mut(classes))
                    .zip(&mut entropies)
                {
                    softmax(row);
                    mean.iter_mut()
                        .zip(&*row)
                        .for_each(|(mean, p)| *mean += p / PASSES as f32);
                    *sum += entropy(row) / PASSES as f32;
                }
            }
            let means = mean.chunks_exact(classes).map(entropy).collect::<Vec<_>>();
            means
                .into_iter()
                .zip(entropies)
                .map(|(whole, each)| (whole - each).max(0.0))
        })
        .collect()
}

fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|value| *value = (*value - largest).exp());
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|value| *value /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::config::Architecture;
    use crate::model::initialise::fresh_parameters;

    #[test]
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn it_is_the_entropy_of_the_mean_less_the_mean_entropy() {
        let architecture = Architecture::default();
        let parameters = fresh_parameters(&architecture, 5);
        let latents: Vec<f32> = (0..2 * 700)
            .map(|i| ((i * 37 % 101) as f32 - 50.0) / 10.0)
            .collect();
        let none = mutual_information(&parameters, &latents, 0.0, 1);
        assert!(
            none.iter().all(|&value| value < 1e-5),
            "without dropout all passes agree"
        );
        let some = mutual_information(&parameters, &latents, 0.5, 1);
        assert_eq!(some.len(), 700);
        assert!(
            some.iter()
                .all(|&value| (0.0..(architecture.classes.get() as f32).ln()).contains(&value))
        );
        // At the origin every layer is 0 whatever is dropped, as all biases are.
        let origin = mutual_information(&parameters, &[0.0, 0.0], 0.5, 1);
        assert!(origin[0] < 1e-6 && some.iter().sum::<f32>() / 700.0 > 0.01);
        assert_eq!(some, mutual_information(&parameters, &latents, 0.5, 1));
        assert_ne!(some, mutual_information(&parameters, &latents, 0.5, 2));
    }
}
