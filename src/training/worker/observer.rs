//! What passes between a run and the window: progress and latents out, commands in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::TryRecvError;

use crate::checkpoint::Checkpoint;
use crate::training::engine::Engine;
use crate::training::epoch::Control;
use crate::training::message::{Command, EpochMetrics, Event, LatentSnapshot};
use crate::training::run::{BatchPosition, Observer};

use super::{Worker, decode, encode};

/// Time between two progress events, and the least between two snapshots.
const INTERVAL: Duration = Duration::from_millis(100);
/// Training goes on for at least this many times as long as a snapshot within an epoch took.
const THRIFT: u32 = 12;

/// Passes a run's news on to the window, and its commands to the run.
pub(super) struct WindowObserver<'a> {
    worker: &'a mut Worker,
    reported: Option<Instant>,
    /// When the window was last given latents, and how long they took.
    shown: (Instant, Duration),
    held: Duration,
}

impl<'a> WindowObserver<'a> {
    pub(super) fn new(worker: &'a mut Worker) -> Self {
        Self {
            worker,
            reported: None,
            shown: (Instant::now(), Duration::ZERO),
            held: Duration::ZERO,
        }
    }

    fn report(&mut self, at: BatchPosition) {
        let due = |last: Instant| last.elapsed() >= INTERVAL;
        if self.reported.is_none_or(due) || at.batch == at.batches {
            self.reported = Some(Instant::now());
            let BatchPosition {
                epoch,
                epochs,
                batch,
                batches,
            } = at;
            self.worker.link.send(Event::Progress {
                epoch,
                epochs,
                batch,
                batches,
            });
        }
    }

    /// Shows the cloud as it is within an epoch; the epoch's end brings it by itself.
    fn show(&mut self, engine: &dyn Engine, at: BatchPosition) {
        let (last, cost) = self.shown;
        if at.batch == at.batches || last.elapsed() < INTERVAL.max(cost * THRIFT) {
            return;
        }
        let started = Instant::now();
        let snapshot = encode(engine, &self.worker.dataset, |_| {});
        self.publish(snapshot);
        self.shown = (Instant::now(), started.elapsed());
    }

    fn publish(&mut self, mut snapshot: LatentSnapshot) {
        self.worker.version += 1;
        snapshot.version = self.worker.version;
        self.worker.link.send(Event::Latent(Arc::new(snapshot)));
    }

    /// Waits for the end of a pause; meanwhile nothing is computed but what the user asks for.
    fn pause(&mut self, engine: &dyn Engine) -> Control {
        let since = Instant::now();
        self.worker.link.send(Event::Paused(true));
        loop {
            match self.worker.link.commands.recv() {
                Ok(Command::Resume) => break,
                Ok(Command::Pause) => {}
                Ok(Command::Stop) | Err(_) => {
                    self.held += since.elapsed();
                    return Control::Stop;
                }
                Ok(command) => self.answer(engine, command),
            }
        }
        self.held += since.elapsed();
        self.worker.link.send(Event::Paused(false));
        Control::Continue
    }

    fn answer(&self, engine: &dyn Engine, command: Command) {
        let event = match command {
            Command::Decode { serial } => decode(engine, &self.worker.dataset, serial),
            Command::Save => Some(Event::Error {
                message:
                    "not saved: the best epoch is saved by itself while training runs; save again after it"
                        .into(),
            }),
            Command::Train { .. } | Command::Reset { .. } => Some(Event::Error {
                message: "training is running already; stop it first".into(),
            }),
            Command::Stop | Command::Pause | Command::Resume => None,
        };
        if let Some(event) = event {
            self.worker.link.send(event);
        }
    }
}

impl Observer for WindowObserver<'_> {
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control {
        self.report(at);
        self.show(engine, at);
        loop {
            match self.worker.link.commands.try_recv() {
                Ok(Command::Stop) => return Control::Stop,
                Ok(Command::Pause) => {
                    if self.pause(engine) == Control::Stop {
                        return Control::Stop;
                    }
                }
                Ok(command) => self.answer(engine, command),
                Err(TryRecvError::Empty) => return Control::Continue,
                // The window is gone: end the run as a stop does, with what was learnt saved.
                Err(TryRecvError::Disconnected) => return Control::Stop,
            }
        }
    }

    fn held(&self) -> Duration {
        self.held
    }

    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint) {
        self.worker.model.state = state.clone();
        self.worker.link.send(Event::Epoch(*metrics));
        self.publish(Arc::unwrap_or_clone(snapshot));
        self.shown.0 = Instant::now();
    }

    fn save_best(&mut self, _state: &Checkpoint, metrics: &EpochMetrics) {
        let event = match self.worker.save() {
            Ok(()) => Event::Saved {
                path: self.worker.weights.clone(),
                epoch: Some(metrics.epoch),
            },
            Err(message) => Event::Error { message },
        };
        self.worker.link.send(event);
    }
}
