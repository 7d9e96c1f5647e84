//! What a network's encoder has made of the images before it draws them together to a few latents.

use rayon::prelude::*;

use crate::checkpoint;
use crate::dataset::Dataset;
use crate::gemm::{Matrix, multiply};
use crate::job::{Cancelled, Job};
use crate::model::layers::{Kind, Part, layers};
use crate::model::parameters::{Parameters, Tensor};
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
    let Some(layers) = dense_layers(parameters, Part::Encoder).filter(|layers| !layers.is_empty()) else {
        return Ok(None);
    };
    let width = layers.last().map_or(0, |layer| layer.bias.data.len());
    let serials: Vec<u32> = (0..dataset.len() as u32).collect();
    let blocks = serials.par_chunks(BLOCK).map(|serials| {
        let mut values = Vec::new();
        dataset.scaled_into(serials, &mut values);
        for layer in &layers {
            values = layer.forward(&values);
        }
        job.reached(0, 1).map(|()| values)
    });
    let blocks = blocks.collect::<Result<Vec<Vec<f32>>, Cancelled>>()?;
    Ok(Some(Features::new(blocks.concat(), width)))
}

/// A dense layer with its weights.
pub(super) struct DenseLayer<'a> {
    kernel: &'a Tensor,
    bias: &'a Tensor,
    slope: f32,
    pub(super) dropout: bool,
}

/// The layers of a part of the network with these parameters; `None`: they are not all dense, or it is no network.
pub(super) fn dense_layers(parameters: &Parameters, part: Part) -> Option<Vec<DenseLayer<'_>>> {
    let architecture = checkpoint::architecture(parameters).ok()?;
    let layers = layers(&architecture).into_iter();
    layers
        .filter(|layer| layer.part == part)
        .map(|layer| {
            let Kind::Dense { .. } = layer.kind else {
                return None;
            };
            let [kernel, bias] = layer.parameters();
            Some(DenseLayer {
                kernel: parameters.0.get(&kernel.path)?,
                bias: parameters.0.get(&bias.path)?,
                slope: layer.slope.map_or(1.0, |slope| slope as f32),
                dropout: layer.dropout,
            })
        })
        .collect()
}

impl DenseLayer<'_> {
    pub(super) fn inputs(&self) -> usize {
        self.kernel.shape[0]
    }

    pub(super) fn outputs(&self) -> usize {
        self.bias.data.len()
    }

    /// `[n, inputs]` → `[n, outputs]`, without dropout.
    pub(super) fn forward(&self, input: &[f32]) -> Vec<f32> {
        let (inputs, outputs) = (self.inputs(), self.outputs());
        let mut out = self.bias.data.repeat(input.len() / inputs);
        multiply(
            &mut out,
            true,
            Matrix::new(input, inputs),
            Matrix::new(&self.kernel.data, outputs),
        );
        for value in &mut out {
            *value = if *value > 0.0 { *value } else { *value * self.slope };
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::super::backend::{Backend, engine};
    use super::super::heartbeat::Heartbeat;
    use super::*;
    use crate::model::config::Architecture;
    use crate::worker::fresh;
    use std::sync::Arc;

    #[test]
    fn the_latents_follow_from_it() {
        const N: usize = 70;
        let images: Vec<u8> = (0..N * 20).map(|i| (i * 7919 % 256) as u8).collect();
        let dataset = Arc::new(Dataset::from_images(images, [4, 5, 1], None));
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
        let heads = dense_layers(&state.params, Part::Heads).unwrap();
        let latents = heads[0].forward(hidden.values());
        let engine = engine(
            &Backend::Cpu,
            architecture,
            &state,
            &dataset,
            &Heartbeat::default(),
        );
        let serials: Vec<u32> = (0..N as u32).collect();
        let expected = engine.predict_each(&[&serials])[0].latents.clone();
        for (a, b) in latents.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
        let none = Parameters::default();
        assert_eq!(last_hidden(&none, &dataset, &Job::new(|| {})).unwrap(), None);
    }

    #[test]
    fn it_can_be_cancelled() {
        let dataset = Dataset::from_images(vec![0; 80], [2, 2, 1], None);
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
