//! The thread that computes: it has the engine, and answers one command after the other.

use std::ops::ControlFlow;

use crossbeam_channel::{RecvTimeoutError, TryRecvError};

use crate::checkpoint::Checkpoint;
use crate::model::config::TrainingConfig;
use crate::outputs::clouds::{Cloud, weights_path};
use crate::outputs::runs::{Recorder, RunStart};
use crate::training::backend;
use crate::training::engine::Engine;
use crate::training::epoch::encode;
use crate::training::history::RunStatus;
use crate::training::message::{Command, Event};
use crate::training::run::{Task, run};
use crate::training::targets::Targets;

use super::answers::Answers;
use super::model::{fresh, load_model};
use super::observer::WindowObserver;

pub(super) struct Computer {
    answers: Answers,
    /// Made when it is needed.
    engine: Option<Box<dyn Engine>>,
}

impl Computer {
    pub(super) fn new(answers: Answers) -> Self {
        Self {
            answers,
            engine: None,
        }
    }

    /// Answers commands until there are no more to come, or another thread has taken over.
    pub(super) fn serve(mut self) {
        while !self.answers.events.is_cut() {
            self.encode();
            if let Some(command) = self.answers.postponed() {
                self.obey(command);
                continue;
            }
            let again = self.answers.context.shared.lock().again();
            let command = {
                let _rest = self.answers.heartbeat.rest();
                match again {
                    Some(again) => self.answers.context.commands.recv_deadline(again),
                    None => self
                        .answers
                        .context
                        .commands
                        .recv()
                        .map_err(|_| RecvTimeoutError::Disconnected),
                }
            };
            match command {
                Ok(command) => self.obey(command),
                Err(RecvTimeoutError::Timeout) => self.answers.write_what_is_left(false),
                Err(RecvTimeoutError::Disconnected) => return self.answers.write_what_is_left(true),
            }
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Train { config, targets } => self.train(&config, &targets),
            // They are for a run or an encoding, which has just ended by itself.
            Command::Stop | Command::StopEncoding | Command::Pause | Command::Resume | Command::Adjust(_) => {
            }
            Command::Decode { serial, latent } => {
                let engine = self.take_engine();
                self.answers.decode(engine.as_ref(), serial, &latent);
                self.engine = Some(engine);
            }
            Command::Probe { latents } => {
                let engine = self.take_engine();
                self.answers.probe(engine.as_ref(), &latents);
                self.engine = Some(engine);
            }
            Command::Inform { version } => {
                let engine = self.take_engine();
                self.answers.inform(engine.as_ref(), version);
                self.engine = Some(engine);
            }
            Command::Weights => self.answers.hand_over(),
            Command::Take(which) => {
                let mut shared = self.answers.context.shared.lock();
                if shared.take(which) {
                    self.engine = None;
                    self.answers
                        .events
                        .send(Event::Taken(which, shared.model.state.params.digest()));
                    shared.show(&self.answers.events, which);
                }
            }
            Command::BringBack(id) => self.bring_back(id),
            Command::KeepAtMost(bytes) => self.answers.context.shared.lock().keep_at_most(bytes),
            Command::Encode => self.answers.context.shared.lock().encode = true,
            Command::Save => self.answers.save(None),
            Command::WriteWhatIsLeft => self.answers.write_what_is_left(true),
            Command::Reset { architecture, seed } => {
                let mut shared = self.answers.context.shared.lock();
                shared.model.state = fresh(&architecture, seed).into();
                shared.model.architecture = architecture;
                shared.model.source = None;
                shared.forget_ends();
                shared.encode = true;
                self.engine = None;
                self.answers.events.send(shared.ready(false));
            }
        }
    }

    /// Takes the state at the end of a run on record into memory, as the one that is shown.
    fn bring_back(&mut self, id: String) {
        let path = weights_path(&self.answers.context.runs, &id);
        let (architecture, state) = match load_model(&path, &self.answers.context.dataset) {
            Ok(model) => model,
            Err(message) => return self.answers.events.error(message),
        };
        let mut shared = self.answers.context.shared.lock();
        shared.model.state = state.into();
        shared.model.architecture = architecture;
        shared.model.source = Some(path);
        shared.forget_ends();
        shared.encode = true;
        self.engine = None;
        self.answers.events.send(shared.ready(false));
        shared.save_last(&self.answers.events);
        self.answers.events.send(Event::BroughtBack(id));
    }

    /// The engine with the last good state.
    fn take_engine(&mut self) -> Box<dyn Engine> {
        self.engine.take().unwrap_or_else(|| {
            let shared = self.answers.context.shared.lock();
            let (backend, architecture) = (shared.backend.clone(), shared.model.architecture.clone());
            let state = shared.model.state.clone();
            drop(shared);
            self.answers.heartbeat.set_compiling(backend.is_gpu());
            let engine = backend::engine(
                &backend,
                architecture,
                &state,
                &self.answers.context.dataset,
                &self.answers.heartbeat,
            );
            match &self.answers.context.fault {
                Some(fault) => fault.inject(engine),
                None => engine,
            }
        })
    }

    /// Shows the cloud of the model in memory, where it is not shown yet.
    fn encode(&mut self) {
        // Once and no more: a model that cannot be encoded would fail for ever.
        if !std::mem::take(&mut self.answers.context.shared.lock().encode) {
            return;
        }
        let engine = self.take_engine();
        let of = self.answers.context.dataset.len();
        let mut stopped = false;
        let mut progress = |done| {
            self.answers.events.send(Event::Encoding { done, of });
            loop {
                match self.answers.context.commands.try_recv() {
                    Ok(Command::Decode { serial, latent }) => {
                        self.answers.decode(engine.as_ref(), serial, &latent);
                    }
                    Ok(Command::Probe { latents }) => self.answers.probe(engine.as_ref(), &latents),
                    // The window is gone: nobody waits for the cloud.
                    Ok(Command::StopEncoding) | Err(TryRecvError::Disconnected) => {
                        stopped = true;
                        break;
                    }
                    Ok(command) => self.answers.postpone(command),
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
        if snapshot.classes.len() < of {
            self.answers.events.send(Event::EncodingStopped);
        } else {
            self.answers
                .context
                .shared
                .lock()
                .publish(&self.answers.events, snapshot);
            let (architecture, state) = {
                let shared = self.answers.context.shared.lock();
                (shared.model.architecture.clone(), shared.model.state.clone())
            };
            self.answers.test(&architecture, &state);
        }
    }

    /// Before the first run: a few steps on the GPU and on the CPU, where the faster is wanted; says how they went.
    fn try_both(&mut self, config: &TrainingConfig) -> Option<String> {
        let (gpu, architecture, state) = {
            let mut shared = self.answers.context.shared.lock();
            if !std::mem::take(&mut shared.try_both) || !shared.backend.is_gpu() {
                return None;
            }
            (
                shared.backend.clone(),
                shared.model.architecture.clone(),
                shared.model.state.clone(),
            )
        };
        self.engine = None;
        self.answers.heartbeat.set_compiling(true);
        let trial = backend::faster(
            &gpu,
            &architecture,
            &state,
            &self.answers.context.dataset,
            config,
            &self.answers.heartbeat,
        );
        let mut shared = self.answers.context.shared.lock();
        if trial.chosen.is_gpu() != shared.backend.is_gpu() {
            shared.backend = trial.chosen.clone();
            self.answers.events.send(shared.ready(false));
        }
        Some(trial.to_string())
    }

    fn train(&mut self, config: &TrainingConfig, targets: &Targets) {
        let tried = self.try_both(config);
        let mut engine = self.take_engine();
        let mut state: Checkpoint = {
            let _rest = self.answers.heartbeat.rest();
            let mut shared = self.answers.context.shared.lock();
            let backend = tried.unwrap_or_else(|| shared.backend.to_string());
            self.answers.events.send(Event::TrainingStarted {
                config: config.clone(),
                backend: backend.clone(),
            });
            let start = RunStart {
                backend,
                architecture: &shared.model.architecture,
                config,
                labels: targets.user_labels(),
                propagated: targets.evaluate(|serial| self.answers.context.dataset.true_label(serial)),
                step: shared.model.state.step,
                state: shared.model.state.params.digest(),
            };
            // Told now, and not after its first epoch; the file may be moved away meanwhile.
            if let Err(error) = shared.file.check() {
                self.answers.events.error(error.to_string());
            }
            let recorder = Recorder::new(&self.answers.context.runs, start);
            shared.begin_run(&self.answers.events, recorder, config);
            (*shared.model.state).clone()
        };
        let dataset = self.answers.context.dataset.clone();
        let task = Task {
            dataset: &dataset,
            targets,
            config,
        };
        let mut observer = WindowObserver::new(&self.answers);
        let outcome = run(engine.as_mut(), task, &mut state, &mut observer);
        let cloud = observer
            .last
            .map(|snapshot| Cloud::new(&snapshot, targets.user_labels()));
        // After a failed run the engine's weights are spoilt: the next use makes it anew from the last good state.
        self.engine = (outcome.status != RunStatus::Failed).then_some(engine);
        if !self.answers.events.is_cut() {
            let _rest = self.answers.heartbeat.rest();
            let mut shared = self.answers.context.shared.lock();
            if let Some(cloud) = cloud {
                shared.keep_end(&self.answers.events, &self.answers.context.runs, &cloud);
            }
            shared.finish_run(&self.answers.events, outcome.status, outcome.message);
        }
    }
}
