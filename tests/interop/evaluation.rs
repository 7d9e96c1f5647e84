//! Figures on predictions, held against scikit-learn.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ssvae_core::classes::ClassCount;
use ssvae_core::evaluation::Evaluation;
use ssvae_core::files::Kind;
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_test_support::Outcome;

use crate::python;

const SAMPLES: usize = 5_000;
const CLASSES: usize = 10;

#[test]
fn figures_are_those_of_scikit_learn() -> Outcome {
    let folder = tempfile::tempdir()?;
    let mut random = ChaCha8Rng::seed_from_u64(20);
    // Class 9 is never predicted and class 8 is never there; certainties lie on the bins' edges, too.
    let samples: Vec<(u8, u8, f32)> = (0..SAMPLES)
        .map(|_| {
            let truth = random.random_range(0..8_u8);
            let truth = if truth == 7 { 9 } else { truth };
            let right = random.random_range(0.0..1.0) < 0.8;
            let predicted = if right && truth != 9 {
                truth
            } else {
                random.random_range(0..9)
            };
            let certainty = match random.random_range(0..5) {
                0 => random.random_range(2..=15) as f32 / 15.0,
                _ => random.random_range(0.1..1.0),
            };
            (truth, predicted, certainty)
        })
        .collect();
    let found = Evaluation::of(
        ClassCount::default(),
        samples
            .iter()
            .map(|&(truth, predicted, certainty)| (truth, Some(predicted), certainty)),
    );
    let mut file = NpzWriter::create(&folder.path().join("ours.npz"), &Kind::NEW)?;
    let column = |of: fn(&(u8, u8, f32)) -> u8| {
        samples
            .iter()
            .map(|sample| of(sample).into())
            .collect::<Vec<i32>>()
    };
    file.i32_chunks("truth", &[SAMPLES], [column(|sample| sample.0)])?;
    file.i32_chunks("predicted", &[SAMPLES], [column(|sample| sample.1)])?;
    let certainty: Vec<f32> = samples.iter().map(|sample| sample.2).collect();
    file.f32_chunks("certainty", &[SAMPLES], [certainty])?;
    let matrix = found.matrix.iter().flatten().map(|&count| count as i32);
    file.i32_chunks("matrix", &[CLASSES, CLASSES], [matrix.collect::<Vec<_>>()])?;
    // What is undefined counts as 0 there.
    let figures = (0..CLASSES).flat_map(|class| {
        let all = [found.precision(class), found.recall(class), found.f1(class)];
        all.map(|figure| figure.unwrap_or(0.0) as f32)
    });
    file.f32_chunks("figures", &[CLASSES, 3], [figures.collect::<Vec<_>>()])?;
    let whole = [found.accuracy(), found.calibration_error()];
    file.f32_chunks(
        "whole",
        &[2],
        [whole.map(|figure| figure.unwrap_or(f64::NAN) as f32)],
    )?;
    file.finish()?;
    python::run("evaluation.py", &[folder.path().as_os_str()])
}
