//! `ssvae train`: the console's table, checkpoint of the best epoch, history and plot.

use std::sync::Arc;

use clap::Args;
use indicatif::ProgressBar;

use crate::console;
use ssvae_core::checkpoint::{Checkpoint, EndState, OptimizerLayout, Saved, WeightsFile};
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::check;
use ssvae_core::model::config::{Architecture, TargetKind, TrainingConfig};
use ssvae_core::model::objective::Metric;
use ssvae_core::outputs::clouds::{self, Cloud};
use ssvae_core::outputs::history::HISTORY;
use ssvae_core::outputs::kinds::PICTURE;
use ssvae_core::outputs::runs::{Recorder, RunStart};
use ssvae_core::outputs::{history, plot};
use ssvae_core::training::backend::{self, Backend, BackendChoice};
use ssvae_core::training::engine::Engine;
use ssvae_core::training::epoch::Control;
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::message::{EpochMetrics, LatentSnapshot, RunStatus};
use ssvae_core::training::run::{self, BatchPosition, Observer, Task};
use ssvae_core::training::targets::Targets;
use ssvae_core::training::tested;
use ssvae_core::worker::fresh;

use super::args::{CommonArgs, HyperparameterArgs, Neighbours};
use super::inputs::{images_of, labels_of, progress_bar};
use super::interrupt;
use super::propagate::{ComparedBy, propagate};

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct TrainArgs {
    #[command(flatten)]
    common: CommonArgs,
    #[command(flatten)]
    hyperparameters: HyperparameterArgs,
    /// What images are compared by for propagated targets; `model`: the checkpoint as it is before the run; a FILE holds a
    /// vector for each, and may be named as in the data folder
    #[arg(long, value_name = Neighbours::NAMES, value_parser = Neighbours::named, default_value = "pixels")]
    neighbours: Neighbours,
}

pub fn run(args: &TrainArgs) -> anyhow::Result<()> {
    let mut backend = args.common.backend()?;
    let dataset = images_of(&args.common.data_dir, Split::Train, args.common.images.options())?;
    let dataset = Arc::new(dataset.or_classes_of(&args.common.labels_path()));
    dataset.need_images("training")?;
    let weights = &args.common.weights;
    let file = WeightsFile::new(weights);
    file.check()?;
    check(&history::history_path(weights), &HISTORY)?;
    check(&history::plot_path(weights), &PICTURE)?;
    let labels = labels_of(&args.common.labels_path(), &dataset)?;
    let architecture = args.hyperparameters.architecture(&dataset);
    architecture.validate().map_err(anyhow::Error::msg)?;
    let config = args.hyperparameters.config(args.common.seed);
    let targets = if config.targets == TargetKind::Labels || labels.labelled() == 0 {
        Targets::labels(labels.as_slice().to_vec(), dataset.classes())
    } else {
        let CommonArgs {
            weights, data_dir, ..
        } = &args.common;
        let by = ComparedBy::new(&args.neighbours, weights, (data_dir, &dataset))?;
        let propagated = propagate(&dataset, labels.as_slice(), by)?;
        Targets::propagated(labels.as_slice().to_vec(), Arc::new(propagated))
    };
    let mut observer = Console {
        file,
        config: &config,
        bar: progress_bar(),
        recorder: None,
        test: None,
        failure: None,
        last: None,
    };
    let mut state = fresh(&architecture, args.common.seed);
    let mut description = backend.to_string();
    if args.common.backend == BackendChoice::Auto && backend.is_gpu() {
        let trial = backend::faster(
            &backend,
            &architecture,
            &state,
            &dataset,
            &config,
            &Heartbeat::default(),
        );
        description = trial.to_string();
        backend = trial.chosen;
    }
    console::print(format_args!(
        "{} images, {} labelled, {description}",
        dataset.len(),
        labels.labelled()
    ));
    let heads = Metric::ALL.map(|metric| {
        let name = metric.abbreviation();
        format!(
            " | {:>10} | {:>10}",
            format!("Train.{name}"),
            format!("Val.{name}")
        )
    });
    console::print(format_args!("{:>5}{}", "Epoch", heads.concat()));
    let start = RunStart {
        backend: backend.to_string(),
        architecture: &architecture,
        config: &config,
        labels: labels.as_slice(),
        propagated: targets.evaluate(|serial| dataset.true_label(serial)),
        step: state.step,
        state: state.params.digest(),
    };
    observer.recorder = Some(Recorder::new(&args.common.runs, start));
    observer.record(|_| {});
    observer.test = Dataset::open_with(&args.common.data_dir, Split::Test, args.common.images.options())
        .ok()
        .map(|test| Test {
            dataset: Arc::new(test),
            backend: backend.clone(),
            architecture: architecture.clone(),
        });
    let mut engine = backend::engine(&backend, architecture, &state, &dataset, &Heartbeat::default());
    let task = Task {
        dataset: &dataset,
        targets: &targets,
        config: &config,
    };
    let hold = interrupt::hold();
    let outcome = run::run(engine.as_mut(), task, &mut state, &mut observer);
    observer.bar.finish_and_clear();
    observer.record(|recorder| recorder.finish(outcome.status, &outcome.message));
    interrupt::say(&outcome.message);
    if let Some(failure) = observer.failure {
        interrupt::say(failure.to_string());
        return Err(failure);
    }
    if let Some(snapshot) = &observer.last {
        let Saved { spared, .. } = observer.file.put(EndState::Last, &state, &config)?;
        if let Some(told) = spared {
            console::warn(format_args!("warning: {told}"));
        }
        if let Some(record) = observer.recorder.as_ref().map(Recorder::record) {
            let (runs, cloud) = (&args.common.runs, Cloud::new(snapshot, labels.as_slice()));
            clouds::keep(runs, &record.id, &cloud, &state, OptimizerLayout::of(&config))?;
        }
    }
    if !outcome.history.is_empty() {
        let weights = observer.file.weights();
        let (table, curves) = (history::history_path(weights), history::plot_path(weights));
        history::write_history(&table, &outcome.history)?;
        plot::write_loss_plot(&curves, &outcome.history)?;
        console::print(format_args!(
            "wrote {}, {} and {}",
            weights.display(),
            table.display(),
            curves.display()
        ));
    }
    drop(hold);
    anyhow::ensure!(
        outcome.status != RunStatus::Failed,
        "training failed: {}",
        outcome.message
    );
    console::print(format_args!("{}", outcome.message));
    let record = observer.recorder.as_ref().map(Recorder::record);
    let tested = record.and_then(|record| record.test.as_ref());
    if let Some((tested, accuracy)) = tested.and_then(|tested| Some((tested, tested.accuracy()?))) {
        let [low, high] = tested.interval().map(|bound| 100.0 * bound);
        console::print(format_args!(
            "{:.2} % ({low:.1} to {high:.1}) of the test images right after the last epoch",
            100.0 * accuracy
        ));
    }
    Ok(())
}

struct Console<'a> {
    file: WeightsFile,
    config: &'a TrainingConfig,
    bar: ProgressBar,
    /// Gone once it could not write.
    recorder: Option<Recorder>,
    /// What each epoch is tested on, where there is something.
    test: Option<Test>,
    failure: Option<anyhow::Error>,
    /// The cloud after the last epoch.
    last: Option<Arc<LatentSnapshot>>,
}

struct Test {
    dataset: Arc<Dataset>,
    backend: Backend,
    architecture: Architecture,
}

impl Console<'_> {
    /// Lets the record of the run grow; a record that cannot be written is no reason to stop.
    fn record(&mut self, grow: impl FnOnce(&mut Recorder)) {
        if let Some(recorder) = &mut self.recorder {
            grow(recorder);
            if let Err(error) = recorder.write() {
                self.bar
                    .suspend(|| console::warn(format_args!("warning: the run is not recorded: {error}")));
                self.recorder = None;
            }
        }
    }
}

impl Observer for Console<'_> {
    fn batch(&mut self, _engine: &dyn Engine, at: BatchPosition) -> Control {
        if self.failure.is_some() || interrupt::asked() {
            return Control::Stop;
        }
        self.bar.set_length(at.batches as u64);
        self.bar.set_prefix(format!("Epoch {}/{}", at.epoch, at.epochs));
        self.bar.set_position(at.batch as u64);
        Control::Continue
    }

    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint) {
        self.last = Some(snapshot);
        let (train, validation) = (metrics.train, metrics.validation);
        let cells =
            Metric::ALL.map(|metric| format!(" | {:>10.4} | {:>10.4}", train[metric], validation[metric]));
        let cells = cells.concat();
        self.bar
            .suspend(|| console::print(format_args!("{:>5}{cells}", metrics.epoch)));
        let tested = self.test.as_ref().map(|test| {
            let Test {
                dataset,
                backend,
                architecture,
            } = test;
            tested::test(backend, architecture, state, dataset, &Heartbeat::default())
        });
        self.record(|recorder| {
            recorder.epoch(metrics, state.params.digest());
            tested.iter().for_each(|tested| recorder.tested(tested));
        });
    }

    fn save_best(&mut self, state: &Checkpoint, _metrics: &EpochMetrics) {
        match self.file.save(EndState::Best, state, self.config) {
            Ok(Saved { spared, .. }) => {
                if let Some(told) = spared {
                    self.bar
                        .suspend(|| console::warn(format_args!("warning: {told}")));
                }
            }
            Err(error) => {
                self.failure.get_or_insert(error.into());
            }
        }
    }
}
