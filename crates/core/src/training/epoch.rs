//! One pass over the training part, and the evaluation of a part without sampling and dropout.

use std::ops::ControlFlow;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use crate::model::config::{Architecture, TrainingConfig};
use crate::model::layers::layers;
use crate::model::objective::{Losses, Metric};

use super::engine::{Batch, BatchNoise, Engine};
use super::snapshot::{LatentSnapshot, empty_snapshot};
use super::targets::Targets;

/// Batches that an engine is given at a time where it need not give them back one by one: enough for all threads of a CPU,
/// and for a device to be waited for once.
pub(crate) const GROUP: usize = 1024;

/// What the caller answers between two batches.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// Go on as before.
    Continue,
    /// Go on with these settings.
    Adjust(TrainingConfig),
    /// End the run.
    Stop,
}

/// How a pass over the training part ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    Whole,
    Stopped,
    /// A gradient was not finite; the engine's weights may be spoilt.
    Diverged,
}

/// Trains on `serials` in the order given, the last short batch included. `between` is called after each batch
/// with the number of batches done, and may change `config` by its answer.
pub(crate) fn train(
    engine: &mut dyn Engine,
    targets: &Targets,
    serials: &[u32],
    config: &mut TrainingConfig,
    rng: &mut impl Rng,
    mut between: impl FnMut(&dyn Engine, usize) -> Control,
) -> Pass {
    for (done, batch) in serials.chunks(config.batch_size.max(1)).enumerate() {
        let rows = targets.rows(batch);
        let mut noise = noise(engine.architecture(), batch.len(), config.dropout_rate, rng);
        if targets.are_propagated() && config.shift > 0 {
            noise.shifts = Some(shifts(batch.len(), config.shift, rng));
        }
        let finite = engine.train_step(
            Batch {
                serials: batch,
                targets: &rows,
            },
            Some(noise),
            config,
        );
        if !finite {
            return Pass::Diverged;
        }
        match between(engine, done + 1) {
            Control::Continue => {}
            Control::Adjust(adjusted) => *config = adjusted,
            Control::Stop => return Pass::Stopped,
        }
    }
    Pass::Whole
}

/// Losses averaged over `serials` (weighted by batch size, the classification term averaged per batch over the
/// labelled samples in it); the predictions are written to their places in `snapshot`.
pub fn evaluate(
    engine: &dyn Engine,
    targets: &Targets,
    serials: &[u32],
    config: &TrainingConfig,
    snapshot: &mut LatentSnapshot,
) -> Losses {
    let size = config.batch_size.clamp(1, 1024);
    let mut sums = [0.0_f64; Metric::ALL.len()];
    for group in serials.chunks(size * GROUP) {
        let batches: Vec<&[u32]> = group.chunks(size).collect();
        let rows: Vec<Vec<f32>> = batches.iter().map(|batch| targets.rows(batch)).collect();
        let answers = engine.evaluate_each(
            &batches
                .iter()
                .zip(&rows)
                .map(|(serials, targets)| Batch { serials, targets })
                .collect::<Vec<_>>(),
            config,
        );
        for (batch, (losses, predictions)) in batches.into_iter().zip(answers) {
            for (sum, loss) in sums.iter_mut().zip(losses.values()) {
                *sum += f64::from(loss) * batch.len() as f64;
            }
            let rows = predictions.latents.chunks_exact(snapshot.latent_dim.max(1));
            for (i, (&serial, latent)) in batch.iter().zip(rows).enumerate() {
                let at = serial as usize;
                snapshot.latents[at * snapshot.latent_dim..(at + 1) * snapshot.latent_dim]
                    .copy_from_slice(latent);
                snapshot.classes[at] = predictions.classes[i];
                snapshot.certainty[at] = predictions.certainty[i];
                snapshot.margin[at] = predictions.margin[i];
            }
        }
    }
    sums.map(|sum| (sum / serials.len().max(1) as f64) as f32).into()
}

/// What the model says of all samples of the data set. `progress`, where somebody waits, hears how many are done; where it
/// breaks off, the others are missing.
pub fn encode(
    engine: &dyn Engine,
    samples: usize,
    mut progress: Option<&mut dyn FnMut(usize) -> ControlFlow<()>>,
) -> LatentSnapshot {
    const BATCH: usize = 512;
    const NEWS: usize = 16;
    let serials: Vec<u32> = (0..samples as u32).collect();
    let mut snapshot = empty_snapshot(0, engine.architecture().latent_dim);
    let group = if progress.is_some() { NEWS } else { GROUP };
    for group in serials.chunks(BATCH * group) {
        let batches: Vec<&[u32]> = group.chunks(BATCH).collect();
        for predictions in engine.predict_each(&batches) {
            snapshot.latents.extend(predictions.latents);
            snapshot.classes.extend(predictions.classes);
            snapshot.certainty.extend(predictions.certainty);
            snapshot.margin.extend(predictions.margin);
        }
        if let Some(progress) = &mut progress
            && progress(snapshot.classes.len()).is_break()
        {
            break;
        }
    }
    snapshot
}

/// Rows and columns to move images by, each up to `most` pixels either way.
fn shifts(n: usize, most: u8, rng: &mut impl Rng) -> Vec<[i8; 2]> {
    let most = most.min(i8::MAX as u8) as i8;
    (0..n)
        .map(|_| [0; 2].map(|_: i8| rng.random_range(-most..=most)))
        .collect()
}

/// Random numbers of a training batch of `n` samples.
pub(super) fn noise(
    architecture: &Architecture,
    n: usize,
    dropout_rate: f32,
    rng: &mut impl Rng,
) -> BatchNoise {
    let epsilon = (0..n * architecture.latent_dim)
        .map(|_| StandardNormal.sample(rng))
        .collect();
    let share = 1.0 - dropout_rate;
    let threshold = (f64::from(share) * f64::from(u32::MAX)) as u32;
    let mut mask = |width: usize| -> Vec<f32> {
        let mut numbers = vec![0_u32; n * width];
        rng.fill(numbers.as_mut_slice());
        let stay = numbers.into_iter().map(|number| number <= threshold);
        stay.map(|stays| if stays { share.recip() } else { 0.0 })
            .collect()
    };
    let dropped = layers(architecture).into_iter().filter(|layer| layer.dropout);
    let dropout = (dropout_rate > 0.0).then(|| dropped.map(|layer| mask(layer.kind.outputs())).collect());
    BatchNoise {
        epsilon,
        dropout,
        shifts: None,
    }
}
