//! A training run: epochs, early stopping, the best epoch's checkpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::{Monitor, TrainingConfig};

use super::engine::Engine;
use super::epoch::{self, Control, Pass};
use super::message::{EpochMetrics, LatentSnapshot, Losses, RunStatus};
use super::split::split;

/// Who follows a run: the worker of the window, or the console.
pub trait Observer {
    /// Called after each batch (`batch` of `batches` done in `epoch` of `epochs`); may ask the engine something.
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control;
    /// How long the run has been held so far; an epoch's seconds are without it.
    fn held(&self) -> Duration {
        Duration::ZERO
    }
    /// An epoch has ended. `state` is the model after it.
    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint);
    /// Write the best model so far to the disk; a failure is told to the user by the observer.
    fn save_best(&mut self, state: &Checkpoint, metrics: &EpochMetrics);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchPosition {
    pub epoch: usize,
    pub epochs: usize,
    pub batch: usize,
    pub batches: usize,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub status: RunStatus,
    pub message: String,
    pub history: Vec<EpochMetrics>,
}

/// What a run works on; `labels[serial]` is the user's label.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    pub dataset: &'a Dataset,
    pub labels: &'a [Option<u8>],
    pub config: &'a TrainingConfig,
}

fn diverged(epoch: usize, step: i64, history: Vec<EpochMetrics>) -> Outcome {
    Outcome {
        status: RunStatus::Failed,
        message: format!(
            "the loss was no longer finite in epoch {epoch}, at step {step}; the weights from before this epoch are \
             kept. Lower the learning rate or the weights of the losses"
        ),
        history,
    }
}

/// Trains until the epochs are over, `patience` epochs brought nothing better, the observer stops it, or a loss is
/// no longer finite. `state` is replaced after each good epoch, so that a caller who loses the engine can go on
/// from there; after a failure the engine's own weights are not to be used.
pub fn run(
    engine: &mut dyn Engine,
    task: Task,
    state: &mut Checkpoint,
    observer: &mut dyn Observer,
) -> Outcome {
    let Task {
        dataset,
        labels,
        config,
    } = task;
    let parts = split(dataset.len(), config.val_split, config.seed);
    let mut order = parts.train.clone();
    // A later run draws other numbers than an earlier one, and a repeated one the same.
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    rng.set_stream(1 + engine.step().unsigned_abs());
    let batches = order.len().div_ceil(config.batch_size.max(1));
    let mut best: Option<(f32, usize)> = None;
    let mut history = Vec::new();
    for number in 1..=config.max_epochs {
        let (started, held) = (Instant::now(), observer.held());
        order.shuffle(&mut rng);
        let pass = epoch::train(engine, labels, &order, config, &mut rng, |engine, batch| {
            observer.batch(
                engine,
                BatchPosition {
                    epoch: number,
                    epochs: config.max_epochs,
                    batch,
                    batches,
                },
            )
        });
        if pass == Pass::Diverged {
            return diverged(number, engine.step() + 1, history);
        }
        let mut snapshot = epoch::empty_snapshot(dataset.len(), engine.architecture().latent_dim);
        let mut losses = |serials: &[u32]| epoch::evaluate(&*engine, labels, serials, config, &mut snapshot);
        let (train, validation) = (losses(&parts.train), losses(&parts.validation));
        if !train.total.is_finite() || !validation.total.is_finite() {
            return diverged(number, engine.step(), history);
        }
        let monitored = monitored(&validation, labels, &parts.validation, config.monitor);
        let is_best = best.is_none_or(|(value, _)| monitored < value);
        let metrics = EpochMetrics {
            epoch: number,
            of: config.max_epochs,
            train,
            validation,
            seconds: started
                .elapsed()
                .saturating_sub(observer.held().saturating_sub(held))
                .as_secs_f64(),
            best: is_best,
        };
        state.params = engine.parameters();
        state.moments = Some(engine.moments());
        state.step = engine.step();
        history.push(metrics);
        observer.epoch(&metrics, Arc::new(snapshot), state);
        if is_best {
            best = Some((monitored, number));
            observer.save_best(state, &metrics);
        }
        let best_epoch = best.map_or(number, |(_, epoch)| epoch);
        if pass == Pass::Stopped {
            let message =
                format!("stopped in epoch {number}; what was learnt is kept, best epoch {best_epoch}");
            return Outcome {
                status: RunStatus::Stopped,
                message,
                history,
            };
        }
        if number - best_epoch >= config.patience.max(1) && number < config.max_epochs {
            let message =
                format!("stopped early after epoch {number}: nothing better since epoch {best_epoch}");
            return Outcome {
                status: RunStatus::EarlyStopped,
                message,
                history,
            };
        }
    }
    let best_epoch = best.map_or(0, |(_, epoch)| epoch);
    let message = format!("epochs done: {}, best epoch {best_epoch}", history.len());
    Outcome {
        status: RunStatus::Completed,
        message,
        history,
    }
}

/// The validation metric that decides. Without a label in the validation part its classification loss is always 0
/// and could never improve, so the total decides.
fn monitored(validation: &Losses, labels: &[Option<u8>], held_out: &[u32], monitor: Monitor) -> f32 {
    let labelled = held_out
        .iter()
        .any(|&serial| labels.get(serial as usize).copied().flatten().is_some());
    match monitor {
        Monitor::Auto | Monitor::ClassificationLoss if labelled => validation.classification,
        _ => validation.total,
    }
}
