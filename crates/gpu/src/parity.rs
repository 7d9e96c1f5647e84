//! The engine against automatic differentiation of the same network.

use burn::backend::Autodiff;
use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn_flex::{Flex, FlexDevice};
use proptest::prelude::*;

use std::sync::Arc;

use crate::engine::GpuEngine;
use crate::network::Network;
use crate::parameters::{parameters, to_cpu, to_flax};
use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::classes::ClassCount;
use ssvae_core::dataset::Dataset;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::model::initialise::fresh_parameters;
use ssvae_core::model::layers::layers;
use ssvae_core::model::parameters::Parameters;
use ssvae_core::training::cpu::CpuEngine;
use ssvae_core::training::engine::{Batch, BatchNoise, Engine};
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::targets::Targets;
use ssvae_test_support::largest_difference;

type Cpu = Autodiff<Flex>;

const CASES: u32 = 24;

/// Images of which a share of the pixels is not 0.
fn dataset(n: usize, shape: [usize; 3], share: u32) -> Arc<Dataset> {
    let pixel = |i: usize| {
        let number = (i as u32).wrapping_mul(2_654_435_761) >> 8;
        if number % 100 < share {
            (number >> 8) as u8
        } else {
            0
        }
    };
    let pixels = (0..n * shape.iter().product::<usize>()).map(pixel).collect();
    Arc::new(Dataset::from_images(pixels, shape, None))
}

fn noise(n: usize, architecture: &Architecture, dropout: bool, moved: bool) -> BatchNoise {
    let number = |i: usize| ((i as f32 * 12.9898).sin() * 43_758.547).fract();
    let mask = |width: usize, seed: usize| -> Vec<f32> {
        let stays = |i| if number(seed + i) > -0.6 { 1.25 } else { 0.0 };
        (0..n * width).map(stays).collect()
    };
    let dropped = layers(architecture).into_iter().filter(|layer| layer.dropout);
    let masks = dropped
        .zip([1, 7])
        .map(|(layer, seed)| mask(layer.kind.outputs(), seed));
    BatchNoise {
        epsilon: (0..n * architecture.latent_dim)
            .map(|i| 2.0 * number(i))
            .collect(),
        dropout: dropout.then(|| masks.collect()),
        shifts: moved.then(|| (0..n).map(|i| [(i % 5) as i8 - 2, (i % 3) as i8 - 1]).collect()),
    }
}

/// Gradients in Flax's layout.
fn in_flax_layout(network: &Network<Cpu>, gradients: GradientsParams) -> Parameters {
    struct Reader(GradientsParams, Vec<Vec<f32>>);
    impl ModuleVisitor<Cpu> for Reader {
        fn visit_float<const D: usize>(&mut self, param: &Param<burn::Tensor<Cpu, D>>) {
            let gradient = self.0.remove::<Flex, D>(param.id);
            self.1.push(gradient.map(to_cpu).unwrap_or_default());
        }
    }
    let mut reader = Reader(gradients, Vec::new());
    network.visit(&mut reader);
    let named = parameters(network).into_iter().zip(reader.1);
    Parameters(
        named
            .map(|(parameter, data)| (parameter.path.clone(), to_flax(&parameter, &data)))
            .collect(),
    )
}

fn agrees(
    architecture: Architecture,
    n: usize,
    share: u32,
    how: [bool; 5],
    seed: u64,
) -> Result<(), TestCaseError> {
    let [labelled, sampled, dropout, soft, moved] = how;
    let dataset = dataset(160, architecture.shape(), share);
    let state = Checkpoint::new(fresh_parameters(&architecture, seed));
    let mut ours = CpuEngine::new(
        architecture.clone(),
        &state,
        dataset.clone(),
        None,
        Heartbeat::default(),
    );
    let theirs = GpuEngine::<Cpu>::new(
        architecture.clone(),
        &state,
        dataset,
        FlexDevice,
        Heartbeat::default(),
    );
    prop_assert!(ours.parameters() == state.params);
    let serials: Vec<u32> = (0..n as u32).map(|i| (i * 7 + seed as u32) % 160).collect();
    let classes = architecture.classes;
    let label = |i: usize| (labelled && i.is_multiple_of(3)).then_some((i % classes.get()) as u8);
    // A sample that comes twice in a batch may be taught two things: the rows are the batch's own.
    let all: Vec<u32> = (0..n as u32).collect();
    let mut targets = Targets::labels((0..n).map(label).collect(), classes).rows(&all);
    if soft {
        for (i, target) in targets.iter_mut().enumerate() {
            *target += ((i * 7) % 11) as f32 / (110 * n) as f32;
        }
    }
    let batch = Batch {
        serials: &serials,
        targets: &targets,
    };
    let config = TrainingConfig {
        kl_weight: 0.7,
        label_weight: 3.0,
        ..TrainingConfig::default()
    };
    let noise = sampled.then(|| noise(n, &architecture, dropout, moved));

    let gradients = ours.gradients(batch, noise.clone(), &config);
    let expected = in_flax_layout(theirs.network(), theirs.differentiate(batch, noise, &config));
    let all = expected.0.values().flat_map(|tensor| &tensor.data);
    let largest = all.fold(1.0_f32, |largest, value| largest.max(value.abs()));
    prop_assert!(expected.0.len() == gradients.0.len());
    for (path, gradient) in &gradients.0 {
        let expected = &expected.0[path];
        prop_assert_eq!(&gradient.shape, &expected.shape);
        let difference = largest_difference(&gradient.data, &expected.data);
        prop_assert!(difference <= 2e-5 * largest, "{path}: {difference} of {largest}");
    }

    let evaluate = |engine: &dyn Engine| engine.evaluate_each(&[batch], &config).remove(0);
    let (losses, predictions) = evaluate(&ours);
    let (expected_losses, expected) = evaluate(&theirs);
    for (a, b) in losses.values().into_iter().zip(expected_losses.values()) {
        prop_assert!((a - b).abs() <= 1e-5 * b.abs().max(1.0), "{a} {b}");
    }
    prop_assert!(largest_difference(&predictions.latents, &expected.latents) < 1e-5);
    prop_assert!(largest_difference(&predictions.certainty, &expected.certainty) < 1e-5);
    // Where two classes are equally likely rounding decides, and where all are, it always does.
    let guess = 1.001 / classes.get() as f32;
    let classes = predictions
        .classes
        .iter()
        .zip(&expected.classes)
        .zip(&expected.certainty);
    let others = classes.filter(|((ours, theirs), certainty)| ours != theirs && **certainty > guess);
    prop_assert!(others.count() <= 1 + n / 20);
    let latents = ours.predict_each(&[&serials]).remove(0).latents;
    let reconstruction = theirs.reconstruct(&serials);
    prop_assert!(largest_difference(&ours.decode(&latents), &reconstruction) < 1e-5);
    prop_assert!(largest_difference(&ours.reconstruct(&serials), &reconstruction) < 1e-5);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]
    #[test]
    fn agrees_with_automatic_differentiation(
        hidden_dims in prop::collection::vec(prop::sample::select(vec![3usize, 16, 40]), 0..4),
        latent_dim in 1usize..5,
        n in 1usize..150,
        share in prop::sample::select(vec![0u32, 20, 90]),
        how in any::<[bool; 5]>(),
        classes in prop::sample::select(vec![3usize, 10, 11, 62, 256]),
        seed in 0u64..1000,
    ) {
        let classes = ClassCount::new(classes).unwrap();
        let architecture = Architecture { hidden_dims, latent_dim, image: [4, 6], classes, ..Architecture::default() };
        agrees(architecture, n, share, how, seed)?;
    }
}

#[test]
fn convolutions_agree_with_automatic_differentiation() {
    use ssvae_core::model::config::NetworkKind::{Conv, Dense};
    for (encoder, decoder, n, [height, width, channels]) in [
        (Conv, Conv, 70, [28, 28, 1]),
        (Conv, Dense, 9, [28, 28, 1]),
        (Dense, Conv, 1, [28, 28, 1]),
        (Conv, Conv, 9, [8, 20, 3]),
        (Conv, Dense, 5, [4, 12, 3]),
        (Dense, Conv, 5, [32, 32, 1]),
    ] {
        let architecture = Architecture {
            encoder,
            decoder,
            image: [height, width * channels],
            channels,
            ..Architecture::default()
        };
        agrees(architecture.clone(), n, 20, [true, true, true, false, false], 5).unwrap();
        agrees(architecture, n, 20, [true; 5], 5).unwrap();
    }
}
