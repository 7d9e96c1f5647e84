//! What is going on, as the overlay shows it: derived from the worker's events.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bevy::prelude::*;

use crate::ui::intent::Intent;
use crate::ui::panels::training::epoch_of;
use crate::ui::problem::{Cause, Problems};
use crate::ui::run_state::{RunEnds, RunProgress, RunState};
use crate::ui::widgets::jobs::JobView;
use ssvae_core::dataset::Dataset;
use ssvae_core::job::seconds_left;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::printable;
use ssvae_core::training::lineage;
use ssvae_core::training::message::{EndState, EpochMetrics, Event, LatentSnapshot, RunStatus};
use ssvae_core::training::record::{RunRecord, Stored};
use ssvae_core::training::tested::Tested;

use super::weights_provenance::WeightsProvenance;
use super::worker::FromWorker;

/// Status lines that are kept.
const LINES: usize = 10;

#[derive(Resource)]
pub struct Progress {
    pub dataset: Option<Arc<Dataset>>,
    pub snapshot: Option<Arc<LatentSnapshot>>,
    pub backend: String,
    pub architecture: Option<Architecture>,
    /// The file that the model came from at the start.
    pub checkpoint: Option<PathBuf>,
    /// Digest of the weights in memory, and of those that the last run has left behind: at its end, and the best ones.
    state: String,
    ends: Option<(String, String)>,
    /// And of those that the next start begins with.
    remembered: Option<String>,
    /// Whether the disk has not taken all yet of what runs have left behind.
    pub unwritten: bool,
    pub memory: WeightsProvenance,
    /// Which weights are in the file.
    pub in_file: String,
    /// What is kept of the runs on record.
    pub stored: Arc<Stored>,
    /// Settings of the run that is on.
    pub training: Option<TrainingConfig>,
    /// The runs on record, the oldest first.
    pub runs: Vec<Arc<RunRecord>>,
    /// What the model in memory makes of the test images, or why there are none.
    pub tested: Option<Result<Arc<Tested>, String>>,
    /// Epochs of the model in memory, through all its runs; curves are drawn from it.
    pub history: Vec<EpochMetrics>,
    pub run: RunState,
    /// Epochs that it had before the run that is on.
    before: usize,
    run_started: Option<Instant>,
    paused_at: Option<Instant>,
    pub status: Vec<String>,
    /// Reconstruction of a sample by the model that is in memory.
    pub reconstruction: Option<(u32, Arc<[f32]>)>,
    pub problems: Problems,
    /// Share of the images that is read, in 0..=1, since then.
    pub reading: Option<(f32, Instant)>,
    pub encoding: Encoding,
}

/// Of all samples, while no run is on.
#[derive(Clone, Copy, Debug, Default)]
pub enum Encoding {
    /// The cloud is the model's.
    #[default]
    Done,
    /// This share, in 0..=1, since then.
    Running(f32, Instant),
    /// The cloud is another model's, or there is none.
    Stopped,
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            dataset: None,
            snapshot: None,
            backend: String::new(),
            architecture: None,
            checkpoint: None,
            state: String::new(),
            ends: None,
            remembered: None,
            unwritten: false,
            memory: WeightsProvenance::Unknown,
            in_file: String::new(),
            stored: Arc::default(),
            training: None,
            runs: Vec::new(),
            tested: None,
            history: Vec::new(),
            run: RunState::Idle,
            before: 0,
            run_started: None,
            paused_at: None,
            status: Vec::new(),
            reconstruction: None,
            problems: Problems::default(),
            reading: None,
            encoding: Encoding::default(),
        }
    }
}

/// Follows the worker's events, in `Update`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct Following;

pub struct ProgressPlugin;

impl Plugin for ProgressPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Progress>()
            .add_systems(Update, follow_worker.in_set(Following));
    }
}

fn follow_worker(mut events: MessageReader<FromWorker>, mut progress: ResMut<Progress>) {
    for FromWorker(event) in events.read() {
        progress.follow(event);
    }
}

impl Progress {
    /// Whether the next start would begin with another model than the one in memory.
    pub fn is_unsaved(&self) -> bool {
        match &self.remembered {
            Some(remembered) => *remembered != self.state,
            None => !self.history.is_empty(),
        }
    }

    /// Epochs that the model had before the run that is on, or was last.
    pub fn epochs_before(&self) -> usize {
        self.before
    }

    /// The class that the model finds most probable for a sample.
    pub fn predicted(&self, serial: u32) -> Option<u8> {
        self.snapshot.as_ref()?.classes.get(serial as usize).copied()
    }

    /// Adds a status line.
    pub fn say(&mut self, line: String) {
        if self.status.len() == LINES {
            self.status.remove(0);
        }
        self.status.push(printable::line(&line));
    }

    /// Shows a problem; one that is shown already becomes the last.
    pub fn report(&mut self, cause: Cause, problem: String) {
        self.problems.report(cause, problem);
    }

    fn follow(&mut self, event: &Event) {
        match event {
            Event::Dataset(dataset) => self.dataset = Some(dataset.clone()),
            Event::ModelReady {
                backend,
                architecture,
                checkpoint,
                problem,
                config: _,
                state,
            } => {
                self.backend.clone_from(backend);
                self.architecture = Some(architecture.clone());
                self.checkpoint.clone_from(checkpoint);
                self.state.clone_from(state);
                self.ends.take_if(|(last, best)| last != state && best != state);
                self.remember();
                self.in_file = match (checkpoint, problem) {
                    (Some(_), _) => "as loaded",
                    (None, Some(_)) => "not readable",
                    (None, None) => "nothing yet",
                }
                .into();
                if let Some(problem) = problem {
                    self.report(
                        Cause::Checkpoint,
                        format!("{problem}. New weights are shown; the file stays as it is"),
                    );
                }
                self.say(match checkpoint {
                    Some(path) => format!("Model from {}", path.display()),
                    None => "New weights: nothing learned yet".into(),
                });
            }
            Event::Tested(tested) => self.tested = Some(tested.clone()),
            Event::Reading { done, of } => {
                let since = self.reading.map_or_else(Instant::now, |(_, since)| since);
                self.reading = Some((*done as f32 / (*of).max(1) as f32, since));
            }
            Event::Encoding { done, of } => {
                let since = match self.encoding {
                    Encoding::Running(_, since) => since,
                    _ => Instant::now(),
                };
                self.encoding = Encoding::Running(*done as f32 / (*of).max(1) as f32, since);
            }
            Event::EncodingStopped => self.encoding = Encoding::Stopped,
            Event::Latent(snapshot) => {
                self.snapshot = Some(snapshot.clone());
                self.encoding = Encoding::Done;
                self.reconstruction = None;
            }
            Event::TrainingStarted { config, backend } => {
                self.run_started = Some(Instant::now());
                self.run = RunState::Starting;
                self.training = Some(config.clone());
                self.before = self.history.len();
                let epochs = config.max_epochs;
                self.say(format!("Training {epochs} epochs on the {backend}"));
            }
            Event::Progress {
                epoch,
                epochs,
                batch,
                batches,
            } => {
                if self.run != RunState::Stopping {
                    let eta = self.time_left(*epoch, *epochs, *batch as f64 / (*batches).max(1) as f64);
                    self.run = RunState::Running(RunProgress {
                        before: self.before,
                        epoch: *epoch,
                        epochs: *epochs,
                        batch: *batch,
                        batches: *batches,
                        eta_seconds: eta.map(|left| left.as_secs_f64()),
                    });
                }
            }
            Event::Paused(paused) => self.hold(*paused),
            Event::Epoch(metrics) => {
                let (train, validation) = (metrics.train.total, metrics.validation.total);
                let epoch = epoch_of(self.before, metrics.epoch, metrics.of);
                self.say(format!("{epoch} | train {train:.4} | val {validation:.4}"));
            }
            Event::Saved { path, epoch, kept } => {
                self.problems.mended(Cause::Checkpoint);
                self.problems.mended(Cause::Worker);
                self.in_file = match epoch {
                    Some(epoch) => format!("epoch {}, the best of the run", self.before + epoch),
                    None => "as in memory".into(),
                };
                if epoch.is_none() {
                    self.say(format!("Saved {}", path.display()));
                }
                if let Some(kept) = kept {
                    self.say(format!(
                        "The other network that was there is kept: {}",
                        kept.display()
                    ));
                }
            }
            Event::Adjusted(to) => {
                if let Some(training) = &mut self.training {
                    training.adjust(*to);
                }
                self.say("The run continues with new settings".into());
            }
            Event::Remembered(state) => self.remembered = Some(state.clone()),
            Event::Unwritten(unwritten) => {
                self.unwritten = *unwritten;
                if !unwritten {
                    self.problems.mended(Cause::Worker);
                    self.say("Saved what could not be saved before".into());
                }
            }
            Event::Ends { last, best } => {
                self.ends = Some((last.clone(), best.clone()));
                self.remember();
            }
            Event::Taken(_, state) => {
                self.state.clone_from(state);
                self.remember();
                self.say(format!("In memory: {}", self.memory));
            }
            Event::Stored(stored) => self.stored.clone_from(stored),
            Event::BroughtBack(id) => self.say(format!("In memory: the model at the end of run {id}")),
            Event::Runs(runs) => {
                self.runs.clone_from(runs);
                self.remember();
            }
            Event::Recorded(record) => {
                match self.runs.iter_mut().rfind(|known| known.id == record.id) {
                    Some(known) => known.clone_from(record),
                    None => self.runs.push(record.clone()),
                }
                let best = record.best_epoch().and_then(|epoch| record.states.get(epoch - 1));
                if let Some((last, best)) = record.states.last().zip(best) {
                    self.state.clone_from(last);
                    self.ends = Some((last.clone(), best.clone()));
                    self.remember();
                }
            }
            Event::Decoded { serial, pixels, .. } => {
                self.reconstruction = Some((*serial, pixels.as_slice().into()))
            }
            Event::Probed { .. } | Event::Weights { .. } | Event::Information { .. } => {}
            Event::TrainingFinished { status, message } => {
                self.run = RunState::Idle;
                self.training = None;
                if *status == RunStatus::Failed {
                    self.report(Cause::Training, format!("Training failed: {message}"));
                } else {
                    self.problems.mended(Cause::Training);
                }
                self.say(format!("Training: {message}"));
            }
            Event::Error { message } => {
                self.say(format!("Error: {message}"));
                self.report(Cause::Worker, message.clone());
            }
        }
    }

    /// Finds out what led to the weights in memory.
    fn remember(&mut self) {
        let history = |state: &str| lineage::history(&self.runs, state);
        let ends = self.ends.as_ref().map(|(last, best)| RunEnds {
            last: history(last).len(),
            best: history(best).len(),
            taken: if self.state == *best && last != best {
                EndState::Best
            } else {
                EndState::Last
            },
        });
        self.history = history(&self.state);
        self.memory = match ends {
            Some(ends) => WeightsProvenance::Run(ends),
            None if self.checkpoint.is_none() && self.history.is_empty() => WeightsProvenance::Fresh,
            None => WeightsProvenance::File(self.history.len()),
        };
    }

    /// The reading of the images as it is shown.
    pub fn reading_job(&self) -> JobView {
        let (share, since) = self.reading.unzip();
        let share = share.unwrap_or(0.0);
        JobView {
            what: "Reading the images".into(),
            share: Some(share),
            left: since.and_then(|since| seconds_left(since.elapsed(), share)),
            offer: None,
        }
    }

    /// The encoding as it is shown.
    pub fn encoding_job(&self) -> Option<JobView> {
        match self.encoding {
            Encoding::Done => None,
            Encoding::Running(share, since) => Some(JobView {
                what: "Encoding the images".into(),
                share: Some(share),
                left: seconds_left(since.elapsed(), share),
                offer: Some(Intent::StopEncoding),
            }),
            Encoding::Stopped => Some(JobView {
                what: match self.snapshot {
                    Some(_) => "Encoding was stopped: the cloud still shows the previous model",
                    None => "Encoding was stopped: there is no cloud yet",
                }
                .into(),
                share: None,
                left: None,
                offer: Some(Intent::Encode),
            }),
        }
    }

    fn hold(&mut self, paused: bool) {
        match (paused, self.run) {
            (true, RunState::Running(progress)) => {
                self.paused_at = Some(Instant::now());
                self.run = RunState::Paused(progress);
            }
            (false, RunState::Paused(progress)) => self.run = RunState::Running(progress),
            _ => {}
        }
        // A pause does not count as time spent.
        if let (false, Some(since), Some(started)) = (paused, self.paused_at, &mut self.run_started) {
            *started += since.elapsed();
            self.paused_at = None;
        }
    }

    /// By the mean speed of the run so far.
    fn time_left(&self, epoch: usize, epochs: usize, within: f64) -> Option<Duration> {
        let done = (epoch - 1) as f64 + within;
        let spent = self.run_started?.elapsed().as_secs_f64();
        (done > 0.02).then(|| Duration::from_secs_f64((spent / done * (epochs as f64 - done)).max(0.0)))
    }
}
