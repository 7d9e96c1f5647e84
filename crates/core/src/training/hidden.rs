//! What a network's encoder has made of the images before it draws them together to a few latents.

use rayon::prelude::*;

use crate::checkpoint::{Parameters, Tensor};
use crate::dataset::Dataset;
use crate::gemm::{Matrix, multiply};
use crate::job::{Cancelled, Job};
use crate::model::config::DENSE_SLOPE;
use crate::similarity::Features;

/// Images of a product.
const BLOCK: usize = 1024;

/// The encoder's last hidden layer, `[n, width]`, of all images; `None`: a convolutional encoder, which has no dense one.
///
/// # Errors
/// If it is cancelled.
pub fn last_hidden(
    parameters: &Parameters,
    dataset: &Dataset,
    job: &Job,
) -> Result<Option<Features>, Cancelled> {
    let layer = |number: usize| {
        let tensor = |part: &str| parameters.0.get(&format!("encoder/hidden_{number}/{part}"));
        tensor("kernel").zip(tensor("bias"))
    };
    let layers: Vec<(&Tensor, &Tensor)> = (0..).map_while(layer).collect();
    let Some((_, bias)) = layers.last() else {
        return Ok(None);
    };
    let serials: Vec<u32> = (0..dataset.len() as u32).collect();
    let blocks = serials.par_chunks(BLOCK).map(|serials| {
        let mut values = Vec::new();
        dataset.scaled_into(serials, &mut values);
        for &layer in &layers {
            values = dense(&values, layer);
            values.iter_mut().for_each(|value| *value = leaky(*value));
        }
        job.reached(0, 1).map(|()| values)
    });
    let blocks = blocks.collect::<Result<Vec<Vec<f32>>, Cancelled>>()?;
    Ok(Some(Features::new(blocks.concat(), bias.data.len())))
}

/// A dense layer without its activation, `[n, in]` → `[n, out]`.
pub(super) fn dense(input: &[f32], (kernel, bias): (&Tensor, &Tensor)) -> Vec<f32> {
    let width = kernel.shape[0];
    let mut out = bias.data.repeat(input.len() / width);
    let columns = bias.data.len();
    multiply(
        &mut out,
        true,
        Matrix::new(input, width),
        Matrix::new(&kernel.data, columns),
    );
    out
}

/// The activation of a dense layer.
pub(super) fn leaky(value: f32) -> f32 {
    if value > 0.0 {
        value
    } else {
        value * DENSE_SLOPE as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::{Backend, engine};
    use super::super::heartbeat::Heartbeat;
    use super::super::worker::fresh;
    use super::*;
    use crate::model::config::Architecture;
    use std::sync::Arc;

    #[test]
    fn the_latents_follow_from_it() {
        const N: usize = 70;
        let images: Vec<u8> = (0..N * 20).map(|i| (i * 7919 % 256) as u8).collect();
        let dataset = Arc::new(Dataset::from_images(images, [4, 5], None));
        let architecture = Architecture {
            image: [4, 5],
            hidden_dims: vec![16, 9],
            latent_dim: 3,
            ..Architecture::default()
        };
        let state = fresh(&architecture, 5);
        let hidden = last_hidden(&state.params, &dataset, &Job::new(|| {}));
        let hidden = hidden.unwrap().unwrap();
        assert_eq!((hidden.len(), hidden.dim()), (N, 9));
        let tensor = |name: &str| &state.params.0[&format!("encoder/z_mean/{name}")];
        let latents = dense(hidden.values(), (tensor("kernel"), tensor("bias")));
        let engine = engine(
            &Backend::Cpu,
            architecture,
            &state,
            &dataset,
            &Heartbeat::default(),
        );
        let serials: Vec<u32> = (0..N as u32).collect();
        let expected = engine.predict(&serials).latents;
        for (a, b) in latents.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
        let none = Parameters::default();
        assert_eq!(last_hidden(&none, &dataset, &Job::new(|| {})).unwrap(), None);
    }

    #[test]
    fn it_can_be_cancelled() {
        let dataset = Dataset::from_images(vec![0; 80], [2, 2], None);
        let architecture = Architecture {
            image: [2, 2],
            ..Architecture::default()
        };
        let job = Job::new(|| {});
        job.cancel();
        let state = fresh(&architecture, 5);
        assert_eq!(last_hidden(&state.params, &dataset, &job), Err(Cancelled));
    }
}
