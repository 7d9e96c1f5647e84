//! A training run: epochs, early stopping, the best epoch's checkpoint.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::{Monitor, TrainingConfig};
use crate::model::objective::Losses;

use super::engine::Engine;
use super::epoch::{self, Control, Pass};
use super::history::{EpochMetrics, RunStatus};
use super::snapshot::{LatentSnapshot, empty_snapshot};
use super::split::{TrainValidation, split};
use super::targets::Targets;

/// Who follows a run: the worker of the window, or the console.
pub trait Observer {
    /// Called after each batch (`batch` of `batches` done in `epoch` of `epochs`); may ask the engine something.
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control;
    /// The present instant, by the clock that the run is timed with.
    fn now(&self) -> Instant {
        Instant::now()
    }
    /// How long the run has been held so far; an epoch's seconds are without it.
    fn held(&self) -> Duration {
        Duration::ZERO
    }
    /// An epoch has ended. `state` is the model after it.
    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint);
    /// Write the best model so far to the disk; a failure is told to the user by the observer.
    fn save_best(&mut self, state: &Checkpoint, metrics: &EpochMetrics);
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchPosition {
    /// From 1.
    pub epoch: usize,
    /// Epochs that the run was asked for.
    pub epochs: usize,
    /// Batches of the epoch that are done.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In which way.
    pub status: RunStatus,
    /// For the user.
    pub message: String,
    /// A row for each epoch that was finished.
    pub history: Vec<EpochMetrics>,
}

/// What a run works on.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The images of both parts.
    pub dataset: &'a Dataset,
    /// What each of them is taught.
    pub targets: &'a Targets,
    /// The hyperparameters.
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
    let Task { dataset, targets, .. } = task;
    // The observer may change it.
    let mut config = task.config.clone();
    let parts = parts(dataset.len(), targets, &config);
    let mut order = parts.train.clone();
    // A later run draws other numbers than an earlier one, and a repeated one the same.
    let mut rng = ChaCha8Rng::seed_from_u64(config.seed);
    rng.set_stream(1 + engine.step().unsigned_abs());
    let batches = order.len().div_ceil(config.batch_size.max(1));
    let epochs = config.max_epochs;
    let mut best: Option<(f32, usize)> = None;
    let mut history = Vec::new();
    for number in 1..=epochs {
        let (started, held) = (observer.now(), observer.held());
        order.shuffle(&mut rng);
        let before = config.adjustment();
        let pass = epoch::train(engine, targets, &order, &mut config, &mut rng, |engine, batch| {
            observer.batch(
                engine,
                BatchPosition {
                    epoch: number,
                    epochs,
                    batch,
                    batches,
                },
            )
        });
        let bad_step = engine.diverged();
        if pass == Pass::Diverged || bad_step.is_some() {
            return diverged(number, bad_step.unwrap_or(engine.step() + 1), history);
        }
        let mut snapshot = empty_snapshot(dataset.len(), engine.architecture().latent_dim);
        let mut losses =
            |serials: &[u32]| epoch::evaluate(&*engine, targets, serials, &config, &mut snapshot);
        let (train, validation) = (losses(&parts.train), losses(&parts.validation));
        if !train.total.is_finite() || !validation.total.is_finite() {
            return diverged(number, engine.step(), history);
        }
        let (monitored, is_total) = monitored(&validation, targets, &parts, config.monitor);
        if is_total && !config.adjustment().same_objective(&before) {
            // A total of other weights is another quantity: what was best under the old ones is no measure.
            best = None;
        }
        let is_best = best.is_none_or(|(value, _)| monitored < value);
        let metrics = EpochMetrics {
            epoch: number,
            of: epochs,
            train,
            validation,
            seconds: observer
                .now()
                .saturating_duration_since(started)
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
        if number - best_epoch >= config.patience.max(1) && number < epochs {
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

/// What is trained on and what is held out. Where what was propagated is taught, none of the few labels is held out: the
/// others say how well it is learnt.
fn parts(samples: usize, targets: &Targets, config: &TrainingConfig) -> TrainValidation {
    let mut parts = split(samples, config.val_split, config.seed);
    let labelled = |serial: &u32| targets.label(*serial).is_some();
    if targets.are_propagated() && !parts.validation.iter().all(labelled) {
        parts
            .train
            .extend(parts.validation.iter().filter(|serial| labelled(serial)));
        parts.validation.retain(|serial| !labelled(serial));
    }
    parts
}

/// The validation metric that decides, and whether it is the total. Where the validation part is taught nothing its
/// classification loss is always 0 and could never improve, so the total decides.
fn monitored(
    validation: &Losses,
    targets: &Targets,
    parts: &TrainValidation,
    monitor: Monitor,
) -> (f32, bool) {
    let taught = |part: &[u32]| part.iter().any(|&serial| targets.teach(serial));
    let by_classification = match monitor {
        Monitor::Auto => taught(&parts.train),
        Monitor::Loss => false,
        Monitor::ClassificationLoss => true,
    };
    if by_classification && taught(&parts.validation) {
        (validation.classification, false)
    } else {
        (validation.total, true)
    }
}

#[cfg(test)]
mod tests;
