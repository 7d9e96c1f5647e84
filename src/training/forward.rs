//! Passes through a network outside the autodiff graph, whose results are read to the host.

use burn::tensor::backend::Backend;
use burn::tensor::{Tensor, TensorData, activation::softmax};

use crate::dataset::Dataset;
use crate::model::config::{Architecture, CLASSES, TrainingConfig};
use crate::model::network::Network;
use crate::model::objective;
use crate::model::parameters::host;

use super::engine::{Predictions, largest};
use super::message::Losses;

/// `[n, width]` on the device, from its row-major elements.
pub fn rows<B: Backend>(data: &[f32], width: usize, device: &B::Device) -> Tensor<B, 2> {
    let shape = [data.len() / width.max(1), width];
    Tensor::from_data(TensorData::new(data.to_vec(), shape), device)
}

/// Scaled images `[n, pixels]` on the device.
pub fn images<B: Backend>(dataset: &Dataset, serials: &[u32], device: &B::Device) -> Tensor<B, 2> {
    let mut scaled = Vec::new();
    dataset.scaled_into(serials, &mut scaled);
    let shape = [serials.len(), dataset.pixels()];
    Tensor::from_data(TensorData::new(scaled, shape), device)
}

/// The `targets` of [`objective::terms`], row-major `[n, CLASSES]`.
pub fn targets(labels: &[Option<u8>]) -> Vec<f32> {
    let labelled = labels.iter().flatten().count().max(1) as f32;
    let mut targets = vec![0.0; labels.len() * CLASSES];
    for (row, label) in targets.chunks_exact_mut(CLASSES).zip(labels) {
        if let Some(target) = label.and_then(|label| row.get_mut(usize::from(label))) {
            *target = labelled.recip();
        }
    }
    targets
}

/// See [`Engine::evaluate`](super::engine::Engine::evaluate); `images`: `[n, pixels]`.
pub fn evaluate<B: Backend>(
    network: &Network<B>,
    images: Tensor<B, 2>,
    labels: &[Option<u8>],
    config: &TrainingConfig,
) -> (Losses, Predictions) {
    let pass = network.forward(images.clone(), None);
    let targets = rows(&targets(labels), CLASSES, &images.device());
    let terms = objective::terms(&pass, images, targets, config);
    let scalars = Tensor::cat(
        vec![
            terms.total(config.label_weight),
            terms.reconstruction,
            terms.kl,
            terms.classification,
        ],
        0,
    );
    let losses = match host(scalars).as_slice() {
        &[total, reconstruction, kl, classification] => Losses {
            total,
            reconstruction,
            kl,
            classification,
        },
        _ => Losses {
            total: f32::NAN,
            ..Losses::default()
        },
    };
    (losses, predictions(pass.posterior.mean, pass.logits))
}

/// See [`Engine::predict`](super::engine::Engine::predict); `images`: `[n, pixels]`.
pub fn predict<B: Backend>(network: &Network<B>, images: Tensor<B, 2>) -> Predictions {
    let posterior = network.encoder.forward(images);
    let logits = network.classifier.forward(posterior.mean.clone(), None);
    predictions(posterior.mean, logits)
}

/// See [`Engine::reconstruct`](super::engine::Engine::reconstruct); `images`: `[n, pixels]`.
pub fn reconstruct<B: Backend>(network: &Network<B>, images: Tensor<B, 2>) -> Vec<f32> {
    let posterior = network.encoder.forward(images);
    host(network.decoder.forward(posterior.mean))
}

/// See [`Engine::decode`](super::engine::Engine::decode).
pub fn decode<B: Backend>(
    network: &Network<B>,
    architecture: &Architecture,
    latents: &[f32],
    device: &B::Device,
) -> Vec<f32> {
    host(
        network
            .decoder
            .forward(rows(latents, architecture.latent_dim, device)),
    )
}

/// Class = argmax of the softmax, certainty = its maximum.
fn predictions<B: Backend>(latents: Tensor<B, 2>, logits: Tensor<B, 2>) -> Predictions {
    let probabilities = host(softmax(logits, 1));
    let mut predictions = Predictions {
        latents: host(latents),
        ..Predictions::default()
    };
    for row in probabilities.chunks_exact(CLASSES) {
        let (class, probability) = largest(row);
        predictions.classes.push(class);
        predictions.certainty.push(probability);
    }
    predictions
}
