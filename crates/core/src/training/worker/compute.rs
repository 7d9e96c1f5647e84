//! The thread that computes: it has the engine, and answers one command after the other.

use std::cell::Cell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use crossbeam_channel::{RecvTimeoutError, TryRecvError};

use crate::checkpoint::{Checkpoint, Saved};
use crate::dataset::{Dataset, Split};
use crate::model::config::{Architecture, TrainingConfig};
use crate::outputs::clouds::{Cloud, weights_path};
use crate::outputs::runs::{Recorder, RunStart};
use crate::training::backend;
use crate::training::dropout::mutual_information;
use crate::training::engine::Engine;
use crate::training::epoch::encode;
use crate::training::heartbeat::Heartbeat;
use crate::training::message::{Command, Event, RunStatus};
use crate::training::run::{Task, run};
use crate::training::targets::Targets;
use crate::training::tested::{Tested, test};

use super::Place;
use super::event_sender::EventSender;
use super::model::{fresh, load_model};
use super::observer::WindowObserver;

pub(super) struct Computer {
    pub(super) place: Place,
    pub(super) link: EventSender,
    pub(super) heartbeat: Heartbeat,
    /// Made when it is needed.
    engine: Option<Box<dyn Engine>>,
    /// The sample that was decoded last.
    decoded: Cell<Option<u32>>,
    /// Commands that came while samples were encoded.
    later: VecDeque<Command>,
}

impl Computer {
    pub(super) fn new(place: Place, link: EventSender, heartbeat: Heartbeat) -> Self {
        Self {
            place,
            link,
            heartbeat,
            engine: None,
            decoded: Cell::new(None),
            later: VecDeque::new(),
        }
    }

    /// Answers commands until there are no more to come, or another thread has taken over.
    pub(super) fn serve(mut self) {
        while !self.link.is_cut() {
            self.encode();
            if let Some(command) = self.later.pop_front() {
                self.obey(command);
                continue;
            }
            let again = self.place.keep.lock().again();
            let command = {
                let _rest = self.heartbeat.rest();
                match again {
                    Some(again) => self.place.commands.recv_deadline(again),
                    None => self
                        .place
                        .commands
                        .recv()
                        .map_err(|_| RecvTimeoutError::Disconnected),
                }
            };
            match command {
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => self.write_what_is_left(false),
                Err(RecvTimeoutError::Disconnected) => return self.write_what_is_left(true),
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Train { config, targets } => self.train(&config, &targets),
            // They are for a run, which has just ended by itself.
            Command::Stop | Command::Pause | Command::Resume | Command::Adjust(_) => {}
            Command::Decode { serial } => {
                let engine = self.take_engine();
                self.decode(engine.as_ref(), serial);
                self.engine = Some(engine);
            }
            Command::Probe { latents } => {
                let engine = self.take_engine();
                self.probe(engine.as_ref(), &latents);
                self.engine = Some(engine);
            }
            Command::Inform { version } => {
                let engine = self.take_engine();
                self.inform(engine.as_ref(), version);
                self.engine = Some(engine);
            }
            Command::Weights => self.hand_over(),
            Command::Take(which) => {
                let mut keep = self.place.keep.lock();
                if keep.take(which) {
                    self.engine = None;
                    self.link
                        .send(Event::Taken(which, keep.model.state.params.digest()));
                    keep.show(&self.link, which);
                }
            }
            Command::BringBack(id) => self.bring_back(id),
            Command::KeepAtMost(bytes) => self.place.keep.lock().keep_at_most(bytes),
            Command::Encode => self.place.keep.lock().encode = true,
            Command::Save => self.save(None),
            Command::WriteWhatIsLeft => self.write_what_is_left(true),
            Command::Reset { architecture, seed } => {
                let mut keep = self.place.keep.lock();
                keep.model.state = fresh(&architecture, seed).into();
                keep.model.architecture = architecture;
                keep.model.source = None;
                keep.forget_ends();
                keep.encode = true;
                self.engine = None;
                self.link.send(keep.ready(false));
            }
        }
    }

    /// Takes the state at the end of a run on record into memory, as the one that is shown.
    fn bring_back(&mut self, id: String) {
        let path = weights_path(&self.place.runs, &id);
        let (architecture, state) = match load_model(&path, &self.place.dataset) {
            Ok(model) => model,
            Err(message) => return self.link.error(message),
        };
        let mut keep = self.place.keep.lock();
        keep.model.state = state.into();
        keep.model.architecture = architecture;
        keep.model.source = Some(path);
        keep.forget_ends();
        keep.encode = true;
        self.engine = None;
        self.link.send(keep.ready(false));
        keep.save_last(&self.link);
        self.link.send(Event::BroughtBack(id));
    }

    /// The engine with the last good state.
    fn take_engine(&mut self) -> Box<dyn Engine> {
        self.engine.take().unwrap_or_else(|| {
            let keep = self.place.keep.lock();
            let (backend, architecture) = (keep.backend.clone(), keep.model.architecture.clone());
            let state = keep.model.state.clone();
            drop(keep);
            self.heartbeat.set_compiling(backend.is_gpu());
            let engine = backend::engine(
                &backend,
                architecture,
                &state,
                &self.place.dataset,
                &self.heartbeat,
            );
            match &self.place.fault {
                Some(fault) => fault.inject(engine),
                None => engine,
            }
        })
    }

    /// Shows the cloud of the model in memory, where it is not shown yet.
    fn encode(&mut self) {
        // Once and no more: a model that cannot be encoded would fail for ever.
        if !std::mem::take(&mut self.place.keep.lock().encode) {
            return;
        }
        let engine = self.take_engine();
        let of = self.place.dataset.len();
        let (mut later, mut stopped) = (VecDeque::new(), false);
        let mut progress = |done| {
            self.link.send(Event::Encoding { done, of });
            loop {
                match self.place.commands.try_recv() {
                    Ok(Command::Decode { serial }) => self.decode(engine.as_ref(), serial),
                    Ok(Command::Probe { latents }) => self.probe(engine.as_ref(), &latents),
                    // The window is gone: nobody waits for the cloud.
                    Ok(Command::Stop) | Err(TryRecvError::Disconnected) => {
                        stopped = true;
                        break;
                    }
                    Ok(command) => later.push_back(command),
                    Err(TryRecvError::Empty) => break,
                }
            }
            if stopped && done < of {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let snapshot = encode(engine.as_ref(), of, Some(&mut progress));
        self.engine = Some(engine);
        self.later = later;
        if snapshot.classes.len() < of {
            self.link.send(Event::EncodingStopped);
        } else {
            self.place.keep.lock().publish(&self.link, snapshot);
            let (architecture, state) = {
                let keep = self.place.keep.lock();
                (keep.model.architecture.clone(), keep.model.state.clone())
            };
            self.test(&architecture, &state);
        }
    }

    /// Tests this state of the model, and tells how it went.
    pub(super) fn test(&self, architecture: &Architecture, state: &Checkpoint) -> Option<Arc<Tested>> {
        let dataset = self.place.test.get_or_init(|| {
            let _rest = self.heartbeat.rest();
            let test = Dataset::open(&self.place.data_dir, Split::Test);
            test.map(Arc::new).map_err(|error| error.to_string())
        });
        let backend = self.place.keep.lock().backend.clone();
        let tested = dataset
            .as_ref()
            .map(|dataset| Arc::new(test(&backend, architecture, state, dataset, &self.heartbeat)));
        self.link
            .send(Event::Tested(tested.clone().map_err(String::clone)));
        tested.ok()
    }

    pub(super) fn decode(&self, engine: &dyn Engine, serial: u32) {
        if self.place.dataset.image(serial).is_some() {
            let pixels = self.in_grey_values(engine.reconstruct(&[serial]));
            let again = self.decoded.replace(Some(serial)) == Some(serial);
            self.link.send(Event::Decoded {
                serial,
                pixels,
                again,
            });
        }
    }

    /// Places of another model's latent space are answered with no image.
    pub(super) fn probe(&self, engine: &dyn Engine, latents: &[f32]) {
        let fits = latents.len().is_multiple_of(engine.architecture().latent_dim);
        let pixels = if fits { engine.decode(latents) } else { Vec::new() };
        let pixels = self.in_grey_values(pixels);
        self.link.send(Event::Probed { pixels });
    }

    /// Images of the model, `[n, pixels]`, as a person sees the data set's.
    fn in_grey_values(&self, mut images: Vec<f32>) -> Vec<f32> {
        let scaling = self.place.dataset.scaling();
        for image in images.chunks_exact_mut(scaling.scale().len().max(1)) {
            scaling.invert(image);
        }
        images
    }

    /// What the network is unsure of under dropout.
    pub(super) fn inform(&self, engine: &dyn Engine, version: u64) {
        let snapshot = encode(engine, self.place.dataset.len(), None);
        let rate = self.place.keep.lock().config.dropout_rate;
        let values = mutual_information(&engine.parameters(), &snapshot.latents, rate, version);
        let values = Arc::new(values);
        self.link.send(Event::Information { version, values });
    }

    /// Hands the weights in memory over.
    pub(super) fn hand_over(&self) {
        let keep = self.place.keep.lock();
        self.link.send(Event::Weights {
            version: keep.version,
            state: keep.model.state.clone(),
        });
    }

    /// Writes the model in memory; `epoch`: because that one was the run's best.
    pub(super) fn save(&self, epoch: Option<usize>) {
        let _rest = self.heartbeat.rest();
        let mut keep = self.place.keep.lock();
        let saved = keep.save(epoch.is_some());
        if saved.is_ok() && epoch.is_none() {
            keep.remembered(&self.link, Ok(()));
        }
        self.link.send(match saved {
            Ok(Saved { path, kept, spared }) => {
                if let Some(told) = spared {
                    self.link.error(told);
                }
                Event::Saved { path, epoch, kept }
            }
            Err(message) => Event::Error { message },
        });
    }

    /// Tries again to write what the disk has not taken; `now`: even if it is not time for that yet.
    pub(super) fn write_what_is_left(&self, now: bool) {
        let _rest = self.heartbeat.rest();
        let mut keep = self.place.keep.lock();
        keep.write_what_is_left(&self.link, &self.place.runs, now);
    }

    /// Before the first run: a few steps on the GPU and on the CPU, where the faster is wanted; says how they went.
    fn try_both(&mut self, config: &TrainingConfig) -> Option<String> {
        let (gpu, architecture, state) = {
            let mut keep = self.place.keep.lock();
            if !std::mem::take(&mut keep.try_both) || !keep.backend.is_gpu() {
                return None;
            }
            (
                keep.backend.clone(),
                keep.model.architecture.clone(),
                keep.model.state.clone(),
            )
        };
        self.engine = None;
        self.heartbeat.set_compiling(true);
        let trial = backend::faster(
            &gpu,
            &architecture,
            &state,
            &self.place.dataset,
            config,
            &self.heartbeat,
        );
        let mut keep = self.place.keep.lock();
        if trial.chosen.is_gpu() != keep.backend.is_gpu() {
            keep.backend = trial.chosen.clone();
            self.link.send(keep.ready(false));
        }
        Some(trial.to_string())
    }

    fn train(&mut self, config: &TrainingConfig, targets: &Targets) {
        let tried = self.try_both(config);
        let mut engine = self.take_engine();
        let mut state: Checkpoint = {
            let _rest = self.heartbeat.rest();
            let mut keep = self.place.keep.lock();
            let backend = tried.unwrap_or_else(|| keep.backend.to_string());
            self.link.send(Event::TrainingStarted {
                config: config.clone(),
                backend: backend.clone(),
            });
            let start = RunStart {
                backend,
                architecture: &keep.model.architecture,
                config,
                labels: targets.user_labels(),
                propagated: targets.evaluate(|serial| self.place.dataset.true_label(serial)),
                step: keep.model.state.step,
                state: keep.model.state.params.digest(),
            };
            // Told now, and not after its first epoch; the file may be moved away meanwhile.
            if let Err(error) = keep.file.check() {
                self.link.error(error.to_string());
            }
            let recorder = Recorder::new(&self.place.runs, start);
            keep.begin_run(&self.link, recorder, config);
            (*keep.model.state).clone()
        };
        let dataset = self.place.dataset.clone();
        let task = Task {
            dataset: &dataset,
            targets,
            config,
        };
        let mut observer = WindowObserver::new(self);
        let outcome = run(engine.as_mut(), task, &mut state, &mut observer);
        let cloud = observer
            .last
            .map(|snapshot| Cloud::new(&snapshot, targets.user_labels()));
        // After a failed run the engine's weights are spoilt: the next use makes it anew from the last good state.
        self.engine = (outcome.status != RunStatus::Failed).then_some(engine);
        if !self.link.is_cut() {
            let _rest = self.heartbeat.rest();
            let mut keep = self.place.keep.lock();
            if let Some(cloud) = cloud {
                keep.keep_end(&self.link, &self.place.runs, &cloud);
            }
            keep.finish_run(&self.link, outcome.status, outcome.message);
        }
    }
}
