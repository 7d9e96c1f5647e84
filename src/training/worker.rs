//! The worker beside the window: owns the data set's model, takes [`Command`]s, emits [`Event`]s.
//!
//! It runs on one thread from its first to its last command. A backend that panics ends the run, not the worker:
//! the model is rebuilt from the last good state, on the CPU where the GPU was lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};

use crate::checkpoint::{self, Checkpoint, OptimizerLayout};
use crate::dataset::{Dataset, Split};
use crate::model::config::{Architecture, TrainingConfig};
use crate::model::initialise::fresh_parameters;

use super::backend::{self, Backend};
use super::engine::Engine;
use super::epoch::{GROUP, empty_snapshot};
use super::message::{Command, Event, LatentSnapshot, RunStatus};
use super::run::{Task, run};
use super::threads::yield_to_the_window;

mod observer;
#[cfg(test)]
mod tests;

use observer::WindowObserver;

/// What the worker starts with.
pub struct Setup {
    pub data_dir: PathBuf,
    pub weights: PathBuf,
    pub backend: Backend,
    /// Seed of fresh weights.
    pub seed: u64,
    pub commands: Receiver<Command>,
    pub events: Sender<Event>,
    /// Called after each event, to wake a sleeping window.
    pub wake: Arc<dyn Fn() + Send + Sync>,
}

/// Loads the data and the model, encodes all samples, then answers commands until their sender is gone.
pub fn work(setup: Setup) {
    yield_to_the_window();
    let link = Link {
        events: setup.events,
        wake: setup.wake,
        commands: setup.commands,
    };
    let dataset = match Dataset::open(&setup.data_dir, Split::Train) {
        Ok(dataset) => Arc::new(dataset),
        Err(error) => {
            return link.send(Event::Error {
                message: error.to_string(),
            });
        }
    };
    link.send(Event::Dataset(dataset.clone()));
    let model = open_model(&setup.weights, &dataset, setup.seed);
    let (config, warning) = checkpoint::load_configuration(&setup.weights, model.state.layout());
    let mut worker = Worker {
        engine: None,
        backend: setup.backend,
        weights: setup.weights,
        dataset,
        version: 0,
        model,
        config,
        link,
    };
    worker.announce(true);
    if let Some(message) = warning {
        worker.link.send(Event::Error { message });
    }
    worker.encode();
    while let Ok(command) = worker.link.commands.recv() {
        worker.obey(command);
    }
}

struct Link {
    events: Sender<Event>,
    wake: Arc<dyn Fn() + Send + Sync>,
    commands: Receiver<Command>,
}

impl Link {
    fn send(&self, event: Event) {
        // The window may be gone already; then nobody is left to tell.
        if self.events.send(event).is_ok() {
            (self.wake)();
        }
    }
}

/// The model's last good state and where it came from.
struct Model {
    architecture: Architecture,
    state: Checkpoint,
    source: Option<PathBuf>,
    problem: Option<String>,
}

fn open_model(weights: &Path, dataset: &Dataset, seed: u64) -> Model {
    let problem = if weights.exists() {
        match load_model(weights, dataset) {
            Ok((architecture, state)) => {
                return Model {
                    architecture,
                    state,
                    source: Some(weights.to_owned()),
                    problem: None,
                };
            }
            Err(message) => Some(message),
        }
    } else {
        None
    };
    let architecture = Architecture {
        image: [dataset.height(), dataset.width()],
        ..Architecture::default()
    };
    Model {
        state: fresh(&architecture, seed),
        architecture,
        source: None,
        problem,
    }
}

/// Reads a checkpoint and checks that it fits itself and the images.
pub fn load_model(weights: &Path, dataset: &Dataset) -> Result<(Architecture, Checkpoint), String> {
    let state = checkpoint::load(weights).map_err(|error| error.to_string())?;
    let describe = |error: checkpoint::CheckpointError| format!("{}: {error}", weights.display());
    let mut architecture = checkpoint::architecture(&state.params).map_err(describe)?;
    checkpoint::check(&state, &architecture).map_err(describe)?;
    if architecture.pixels() != dataset.pixels() {
        return Err(format!(
            "{}: made for images of {} pixels, but these have {}; choose another --weights or --data-dir",
            weights.display(),
            architecture.pixels(),
            dataset.pixels()
        ));
    }
    architecture.image = [dataset.height(), dataset.width()];
    Ok((architecture, state))
}

/// A model that has learnt nothing yet.
pub fn fresh(architecture: &Architecture, seed: u64) -> Checkpoint {
    Checkpoint::new(fresh_parameters(architecture, seed))
}

struct Worker {
    model: Model,
    engine: Option<Box<dyn Engine>>,
    backend: Backend,
    weights: PathBuf,
    dataset: Arc<Dataset>,
    version: u64,
    /// Of the last run, or of the one that the checkpoint came from.
    config: TrainingConfig,
    link: Link,
}

impl Worker {
    fn obey(&mut self, command: Command) {
        match command {
            Command::Train { config, labels } => self.train(&config, &labels),
            // They are for a run, which has just ended by itself.
            Command::Stop | Command::Pause | Command::Resume => {}
            Command::Decode { serial } => {
                let dataset = self.dataset.clone();
                if let Some(event) = self.guarded(|engine| decode(engine, &dataset, serial)).flatten() {
                    self.link.send(event);
                }
            }
            Command::Save => match self.save() {
                Ok(()) => self.link.send(Event::Saved {
                    path: self.weights.clone(),
                    epoch: None,
                }),
                Err(message) => self.link.send(Event::Error { message }),
            },
            Command::Reset { architecture, seed } => {
                self.model.state = fresh(&architecture, seed);
                self.model.architecture = architecture;
                self.model.source = None;
                self.engine = None;
                self.announce(false);
                self.encode();
            }
        }
    }

    fn announce(&self, loaded: bool) {
        self.link.send(Event::ModelReady {
            backend: self.backend.to_string(),
            architecture: self.model.architecture.clone(),
            checkpoint: self.model.source.clone(),
            problem: self.model.problem.clone(),
            config: (loaded && self.model.source.is_some()).then(|| self.config.clone()),
        });
    }

    /// An engine with the last good state.
    fn new_engine(&self) -> Box<dyn Engine> {
        let Model {
            architecture, state, ..
        } = &self.model;
        backend::engine(&self.backend, architecture.clone(), state, &self.dataset)
    }

    /// Calls the engine, made anew where there is none; a panic of the backend becomes an error event.
    fn guarded<T>(&mut self, call: impl FnOnce(&mut dyn Engine) -> T) -> Option<T> {
        let mut engine = self.engine.take();
        let answer = catch_unwind(AssertUnwindSafe(|| {
            let mut engine = engine.take().unwrap_or_else(|| self.new_engine());
            let answer = call(engine.as_mut());
            (engine, answer)
        }));
        match answer {
            Ok((engine, answer)) => {
                self.engine = Some(engine);
                Some(answer)
            }
            Err(panic) => {
                let message = self.lose_backend(panic.as_ref());
                self.link.send(Event::Error { message });
                None
            }
        }
    }

    fn lose_backend(&mut self, panic: &(dyn std::any::Any + Send)) -> String {
        let text = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason given");
        let message = format!("{} failed: {text}. The last good weights are kept", self.backend);
        if self.backend == Backend::Cpu {
            return message;
        }
        // After a panic cubecl's server is dead for this process.
        self.backend = Backend::Cpu;
        self.announce(false);
        format!("{message}; going on with the CPU")
    }

    fn encode(&mut self) {
        let dataset = self.dataset.clone();
        let (events, wake) = (self.link.events.clone(), self.link.wake.clone());
        let snapshot = self.guarded(|engine| {
            encode(engine, &dataset, |done| {
                if events
                    .send(Event::Encoding {
                        done,
                        of: dataset.len(),
                    })
                    .is_ok()
                {
                    wake();
                }
            })
        });
        if let Some(mut snapshot) = snapshot {
            self.version += 1;
            snapshot.version = self.version;
            self.link.send(Event::Latent(Arc::new(snapshot)));
        }
    }

    fn train(&mut self, config: &TrainingConfig, labels: &[Option<u8>]) {
        self.link.send(Event::TrainingStarted {
            epochs: config.max_epochs,
            backend: self.backend.to_string(),
        });
        self.config = config.clone();
        let dataset = self.dataset.clone();
        let mut state = self.model.state.clone();
        let mut engine = self.engine.take();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut engine = engine.take().unwrap_or_else(|| self.new_engine());
            let mut observer = WindowObserver::new(self);
            let task = Task {
                dataset: &dataset,
                labels,
                config,
            };
            let outcome = run(engine.as_mut(), task, &mut state, &mut observer);
            (engine, outcome)
        }));
        self.model.state = state;
        let (status, message) = match outcome {
            Ok((engine, outcome)) => {
                // After a failed run the engine's weights are spoilt; the next use rebuilds it from the state.
                self.engine = (outcome.status != RunStatus::Failed).then_some(engine);
                (outcome.status, outcome.message)
            }
            Err(panic) => (RunStatus::Failed, self.lose_backend(panic.as_ref())),
        };
        self.link.send(Event::TrainingFinished { status, message });
    }

    /// Writes the state in memory. A file that could not be read at the start is not overwritten.
    fn save(&self) -> Result<(), String> {
        if self.model.problem.is_some() && self.weights.exists() {
            return Err(format!(
                "not saved: {} holds something that could not be read, and stays as it is; move it away and save again",
                self.weights.display()
            ));
        }
        let layout = OptimizerLayout::of(&self.config);
        checkpoint::save(&self.weights, &self.model.state, layout)
            .and_then(|()| checkpoint::save_configuration(&self.weights, &self.config))
            .map_err(|error| error.to_string())
    }
}

/// All samples of the data set, in batches; `progress` is told how many are done.
pub fn encode(engine: &dyn Engine, dataset: &Dataset, mut progress: impl FnMut(usize)) -> LatentSnapshot {
    let serials: Vec<u32> = (0..dataset.len() as u32).collect();
    let mut snapshot = empty_snapshot(0, engine.architecture().latent_dim);
    for group in serials.chunks(512 * GROUP) {
        let batches: Vec<&[u32]> = group.chunks(512).collect();
        for predictions in engine.predict_each(&batches) {
            snapshot.latents.extend(predictions.latents);
            snapshot.classes.extend(predictions.classes);
            snapshot.certainty.extend(predictions.certainty);
        }
        progress(snapshot.classes.len());
    }
    snapshot
}

fn decode(engine: &dyn Engine, dataset: &Dataset, serial: u32) -> Option<Event> {
    dataset.image(serial)?;
    Some(Event::Decoded {
        serial,
        pixels: engine.reconstruct(&[serial]),
    })
}
