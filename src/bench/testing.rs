//! What it costs to test a model after each epoch, beside the epoch.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::training::backend::{Backend, engine};
use ssvae_core::training::engine::Engine;
use ssvae_core::training::epoch::Control;
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::message::{EpochMetrics, LatentSnapshot};
use ssvae_core::training::run::{BatchPosition, Observer, Task, run};
use ssvae_core::training::targets::Targets;
use ssvae_core::training::tested::test;
use ssvae_core::worker::fresh;

use super::spread::Spread;

/// Epochs; the first one warms up.
const EPOCHS: usize = 6;
/// A sample of so many has a label.
const LABELLED: usize = 600;

/// Milliseconds on the CPU, with the reference objective.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Testing {
    /// An epoch of training.
    pub epoch: Spread,
    /// The test after it.
    pub test: Spread,
    /// Of the medians.
    pub share: f64,
}

/// Trains on the images in a folder and tests after each epoch, as the window does.
///
/// # Errors
/// If the images are not there.
pub fn measure(data_dir: &Path) -> anyhow::Result<Testing> {
    let [train, test] = [Split::Train, Split::Test].map(|split| Dataset::open(data_dir, split).map(Arc::new));
    let (dataset, test) = (train?, test?);
    let labels = (0..dataset.len() as u32).map(|serial| {
        let labelled = (serial as usize).is_multiple_of(LABELLED);
        dataset.true_label(serial).filter(|_| labelled)
    });
    let targets = Targets::labels(labels.collect(), dataset.classes());
    let architecture = Architecture::of(&dataset);
    let config = TrainingConfig {
        max_epochs: EPOCHS,
        patience: EPOCHS,
        ..TrainingConfig::reference()
    };
    let mut state = fresh(&architecture, 1);
    let heartbeat = Heartbeat::default();
    let mut engine = engine(&Backend::Cpu, architecture.clone(), &state, &dataset, &heartbeat);
    let mut watch = Watch {
        architecture,
        test,
        epochs: Vec::new(),
        tests: Vec::new(),
    };
    let task = Task {
        dataset: &dataset,
        targets: &targets,
        config: &config,
    };
    run(engine.as_mut(), task, &mut state, &mut watch);
    let [epoch, test] = [&watch.epochs, &watch.tests].map(|times| Spread::of(times.get(1..).unwrap_or(&[])));
    Ok(Testing {
        share: test.median / epoch.median,
        epoch,
        test,
    })
}

struct Watch {
    architecture: Architecture,
    test: Arc<Dataset>,
    epochs: Vec<Duration>,
    tests: Vec<Duration>,
}

impl Observer for Watch {
    fn batch(&mut self, _engine: &dyn Engine, _at: BatchPosition) -> Control {
        Control::Continue
    }

    fn epoch(&mut self, metrics: &EpochMetrics, _snapshot: Arc<LatentSnapshot>, state: &Checkpoint) {
        self.epochs.push(Duration::from_secs_f64(metrics.seconds));
        let begun = Instant::now();
        test(
            &Backend::Cpu,
            &self.architecture,
            state,
            &self.test,
            &Heartbeat::default(),
        );
        self.tests.push(begun.elapsed());
    }

    fn save_best(&mut self, _state: &Checkpoint, _metrics: &EpochMetrics) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[ignore = "a measurement, for a machine that does nothing else"]
    fn a_test_costs_less_than_a_twentieth_of_an_epoch() {
        let found = measure(Path::new("data/mnist")).unwrap();
        crate::console::print(serde_json::to_string_pretty(&found).unwrap());
        assert!(found.share < 0.05, "{found:?}");
    }
}
