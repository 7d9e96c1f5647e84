//! What a model makes of images that it is never trained on.

use std::sync::Arc;

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::evaluation::Evaluation;
use crate::model::config::{Architecture, TrainingConfig};

use super::backend::{Backend, engine};
use super::epoch::evaluate;
use super::heartbeat::Heartbeat;
use super::snapshot::empty_snapshot;
use super::targets::Targets;

/// What one state of the model makes of the data set's test split.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Predictions against the true labels; nothing is counted where there are none.
    pub evaluation: Evaluation,
    /// Mean squared error of the reconstructions per pixel, in the model's pixel scale.
    pub reconstruction: f32,
    /// What was predicted for each image.
    pub images: TestImages,
}

/// The test images, and what is predicted for each of them.
#[derive(Clone, Debug)]
pub struct TestImages {
    /// The test split.
    pub dataset: Arc<Dataset>,
    /// The most probable class of each image, `[n]`.
    pub classes: Vec<u8>,
    /// Its probability, `[n]`, in 0..=1.
    pub certainty: Vec<f32>,
}

impl TestImages {
    /// Serials of the images of a true class for which a class is predicted, the most certain first.
    pub fn of_cell(&self, truth: u8, predicted: u8) -> Vec<u32> {
        let serials = (0..).zip(&self.classes).filter(|pair| *pair.1 == predicted);
        let mut serials: Vec<u32> = serials
            .map(|pair| pair.0)
            .filter(|&serial| self.dataset.true_label(serial) == Some(truth))
            .collect();
        let certainty = |serial: u32| self.certainty.get(serial as usize).copied().unwrap_or(0.0);
        serials.sort_by(|&a, &b| certainty(b).total_cmp(&certainty(a)));
        serials
    }
}

/// Tests a state of the model on the images of `dataset`.
pub fn test(
    backend: &Backend,
    architecture: &Architecture,
    state: &Checkpoint,
    dataset: &Arc<Dataset>,
    heartbeat: &Heartbeat,
) -> Tested {
    let engine = engine(backend, architecture.clone(), state, dataset, heartbeat);
    let serials: Vec<u32> = (0..dataset.len() as u32).collect();
    let mut snapshot = empty_snapshot(dataset.len(), architecture.latent_dim);
    // The error itself, without a weight.
    let config = TrainingConfig {
        recon_weight: 1.0,
        ..TrainingConfig::reference()
    };
    let unknown = Targets::labels(vec![None; dataset.len()], architecture.classes);
    let losses = evaluate(engine.as_ref(), &unknown, &serials, &config, &mut snapshot);
    let predictions = snapshot.classes.iter().zip(&snapshot.certainty).zip(serials);
    let evaluation = Evaluation::of(
        architecture.classes,
        predictions.filter_map(|((&class, &certainty), serial)| {
            Some((dataset.true_label(serial)?, Some(class), certainty))
        }),
    );
    Tested {
        evaluation,
        reconstruction: losses.reconstruction,
        images: TestImages {
            dataset: dataset.clone(),
            classes: snapshot.classes,
            certainty: snapshot.certainty,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::epoch::encode;
    use super::*;
    use crate::worker::fresh;

    #[test]
    fn it_counts_what_the_model_predicts() {
        const N: usize = 90;
        let images: Vec<u8> = (0..N * 16).map(|i| (i * 7919 % 256) as u8).collect();
        let truth: Vec<u8> = (0..N).map(|i| (i % 10) as u8).collect();
        let dataset = Arc::new(Dataset::from_images(images, [4, 4, 1], Some(truth.clone())));
        let architecture = Architecture {
            image: [4, 4],
            hidden_dims: vec![8, 6],
            ..Architecture::default()
        };
        let state = fresh(&architecture, 3);
        let heartbeat = Heartbeat::default();
        let tested = test(&Backend::Cpu, &architecture, &state, &dataset, &heartbeat);
        let engine = engine(&Backend::Cpu, architecture, &state, &dataset, &heartbeat);
        let snapshot = encode(engine.as_ref(), N, None);
        let right = snapshot
            .classes
            .iter()
            .zip(&truth)
            .filter(|(a, b)| a == b)
            .count();
        assert_eq!(tested.evaluation.right() as usize, right);
        assert_eq!(tested.evaluation.samples() as usize, N);
        assert_eq!(tested.images.classes, snapshot.classes);
        let mut scaled = Vec::new();
        let serials: Vec<u32> = (0..N as u32).collect();
        dataset.scaled_into(&serials, &mut scaled);
        let made = engine.reconstruct(&serials);
        let error: f64 = made
            .iter()
            .zip(&scaled)
            .map(|(a, b)| f64::from(a - b).powi(2))
            .sum();
        let error = error / scaled.len() as f64;
        assert!((f64::from(tested.reconstruction) - error).abs() < 1e-4 * error);
    }

    #[test]
    fn a_cell_has_its_images_the_most_certain_first() {
        let images = TestImages {
            dataset: Arc::new(Dataset::from_images(
                vec![0; 6],
                [1, 1, 1],
                Some(vec![4, 4, 9, 4, 4, 4]),
            )),
            classes: vec![9, 4, 9, 9, 4, 9],
            certainty: vec![0.5, 0.9, 0.9, 0.8, 0.7, 0.5],
        };
        assert_eq!(images.of_cell(4, 9), [3, 0, 5]);
        assert_eq!(images.of_cell(4, 4), [1, 4]);
        assert_eq!(images.of_cell(9, 4), [0; 0]);
    }
}
