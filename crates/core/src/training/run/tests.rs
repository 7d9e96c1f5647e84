use super::super::cpu::CpuEngine;
use super::super::heartbeat::Heartbeat;
use super::*;
use crate::classes::ClassCount;
use crate::model::config::Architecture;
use crate::model::parameters::Parameters;
use crate::worker::fresh;

/// Asks the engine for latents after every `every`th batch, as a window does.
struct Curious {
    every: usize,
    samples: usize,
    asked: usize,
}

impl Observer for Curious {
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control {
        if at.batch.is_multiple_of(self.every) {
            self.asked += 1;
            epoch::encode(engine, self.samples, None);
        }
        Control::Continue
    }

    fn epoch(&mut self, _metrics: &EpochMetrics, _snapshot: Arc<LatentSnapshot>, _state: &Checkpoint) {}

    fn save_best(&mut self, _state: &Checkpoint, _metrics: &EpochMetrics) {}
}

/// History without the seconds, and the weights at the end.
fn history(seed: u64, threads: usize, every: usize) -> (Vec<EpochMetrics>, Parameters) {
    const N: usize = 700;
    let images = (0..N * 20).map(|i| (i * 7919 % 256) as u8).collect();
    let dataset = Arc::new(Dataset::from_images(images, [4, 5, 1], None));
    let labels: Vec<Option<u8>> = (0..N).map(|i| (i % 5 == 0).then_some((i % 10) as u8)).collect();
    let architecture = Architecture {
        image: [4, 5],
        hidden_dims: vec![32, 16],
        ..Architecture::default()
    };
    let config = TrainingConfig {
        max_epochs: 3,
        seed,
        ..TrainingConfig::default()
    };
    let mut state = fresh(&architecture, 7);
    let heartbeat = Heartbeat::default();
    let mut engine = CpuEngine::new(architecture, &state, dataset.clone(), Some(threads), heartbeat);
    let mut observer = Curious {
        every,
        samples: N,
        asked: 0,
    };
    let task = Task {
        dataset: &dataset,
        targets: &Targets::labels(labels, ClassCount::default()),
        config: &config,
    };
    let outcome = run(&mut engine, task, &mut state, &mut observer);
    assert_eq!((outcome.status, outcome.history.len()), (RunStatus::Completed, 3));
    assert!(every > 3 || observer.asked > 0);
    let rows = outcome.history.into_iter();
    (
        rows.map(|row| EpochMetrics { seconds: 0.0, ..row }).collect(),
        state.params,
    )
}

#[test]
fn the_classification_loss_decides_where_it_can_improve() {
    let losses = Losses {
        total: 5.0,
        classification: 2.0,
        ..Losses::default()
    };
    let parts = TrainValidation {
        train: vec![0, 1],
        validation: vec![2, 3],
    };
    // Whether a sample of each part has a label, and what decides for auto, loss and classification_loss.
    for (train, validation, expected) in [
        (true, true, [2.0, 5.0, 2.0]),
        (true, false, [5.0, 5.0, 5.0]),
        (false, true, [5.0, 5.0, 2.0]),
        (false, false, [5.0, 5.0, 5.0]),
    ] {
        let label = |is_there: bool| is_there.then_some(7);
        let targets = Targets::labels(
            vec![label(train), None, None, label(validation)],
            ClassCount::default(),
        );
        for (monitor, expected) in [Monitor::Auto, Monitor::Loss, Monitor::ClassificationLoss]
            .into_iter()
            .zip(expected)
        {
            let (decides, is_total) = monitored(&losses, &targets, &parts, monitor);
            assert_eq!((decides, is_total), (expected, expected == 5.0), "{monitor:?}");
        }
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn a_seed_gives_one_history_whatever_the_threads_and_whoever_watches() {
    let expected = history(42, 1, usize::MAX);
    assert!(expected == history(42, 2, usize::MAX));
    assert!(expected == history(42, 5, 1), "watched by a window");
    assert!(
        expected.0 != history(43, 1, usize::MAX).0,
        "the seed does nothing"
    );
}
