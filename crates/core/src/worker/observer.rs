//! What passes between a run and the window: progress and latents out, commands in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::TryRecvError;

use crate::checkpoint::Checkpoint;
use crate::model::config::Adjustment;
use crate::training::engine::Engine;
use crate::training::epoch::{Control, encode};
use crate::training::history::EpochMetrics;
use crate::training::message::{Command, Event};
use crate::training::run::{BatchPosition, Observer};
use crate::training::snapshot::LatentSnapshot;

use super::answers::Answers;

/// Time between two progress events, and the least between two snapshots.
const INTERVAL: Duration = Duration::from_millis(100);
/// Training goes on for at least this many times as long as a snapshot within an epoch took.
const THRIFT: u32 = 30;

/// Passes a run's news on to the window, and its commands to the run.
pub(super) struct WindowObserver<'a> {
    answers: &'a Answers,
    reported: Option<Instant>,
    /// When the window was last given latents, and how long they took.
    shown: (Instant, Duration),
    held: Duration,
    /// The cloud after the last epoch.
    pub(super) last: Option<Arc<LatentSnapshot>>,
}

impl<'a> WindowObserver<'a> {
    pub(super) fn new(answers: &'a Answers) -> Self {
        Self {
            answers,
            reported: None,
            shown: (answers.context.clock.now(), Duration::ZERO),
            held: Duration::ZERO,
            last: None,
        }
    }

    fn report(&mut self, at: BatchPosition) {
        let clock = &self.answers.context.clock;
        let due = |last: Instant| clock.since(last) >= INTERVAL;
        if self.reported.is_none_or(due) || at.batch == at.batches {
            self.reported = Some(clock.now());
            let BatchPosition {
                epoch,
                epochs,
                batch,
                batches,
            } = at;
            self.answers.events.send(Event::Progress {
                epoch,
                epochs,
                batch,
                batches,
            });
        }
    }

    /// Shows the cloud as it is within an epoch; the epoch's end brings it by itself.
    fn show(&mut self, engine: &dyn Engine, at: BatchPosition) {
        let clock = &self.answers.context.clock;
        let (last, cost) = self.shown;
        if at.batch == at.batches || clock.since(last) < INTERVAL.max(cost * THRIFT) {
            return;
        }
        let started = clock.now();
        let snapshot = encode(engine, self.answers.context.dataset.len(), None);
        self.publish(snapshot);
        self.shown = (clock.now(), clock.since(started));
    }

    fn publish(&self, snapshot: LatentSnapshot) {
        let mut shared = self.answers.context.shared.lock();
        shared.publish(&self.answers.events, snapshot);
    }

    /// What the run shall do next, by the commands that have come; nothing: go on.
    fn listen(&mut self, engine: &dyn Engine, at: BatchPosition) -> Option<Control> {
        loop {
            match self.answers.next_command() {
                Ok(Command::Stop) => return Some(Control::Stop),
                Ok(Command::Pause) => return self.pause(engine, at),
                Ok(Command::Adjust(to)) => return Some(self.adjust(at, to)),
                Ok(command) => self.answer(engine, command),
                Err(TryRecvError::Empty) => return None,
                // The window is gone: end the run as a stop does, with what was learnt saved.
                Err(TryRecvError::Disconnected) => return Some(Control::Stop),
            }
        }
    }

    /// Waits for the end of a pause; meanwhile nothing is computed but what the user asks for.
    fn pause(&mut self, engine: &dyn Engine, at: BatchPosition) -> Option<Control> {
        let since = self.now();
        let mut control = None;
        self.answers.events.send(Event::Paused(true));
        loop {
            let command = match self.answers.postponed() {
                Some(command) => Ok(command),
                None => {
                    let _rest = self.answers.heartbeat.rest();
                    self.answers.context.commands.recv()
                }
            };
            match command {
                Ok(Command::Resume) => break,
                Ok(Command::Pause) => {}
                Ok(Command::Adjust(to)) => control = Some(self.adjust(at, to)),
                Ok(Command::Stop) | Err(_) => {
                    control = Some(Control::Stop);
                    break;
                }
                Ok(command) => self.answer(engine, command),
            }
        }
        self.held += self.answers.context.clock.since(since);
        if control != Some(Control::Stop) {
            self.answers.events.send(Event::Paused(false));
        }
        control
    }

    fn adjust(&self, at: BatchPosition, to: Adjustment) -> Control {
        let answers = self.answers;
        let _rest = answers.heartbeat.rest();
        let mut shared = answers.context.shared.lock();
        shared.config.adjust(to);
        let config = shared.config.clone();
        shared.record(&answers.events, |recorder| {
            recorder.adjusted(at.epoch, at.batch, to);
        });
        answers.events.send(Event::Adjusted(config.clone()));
        Control::Adjust(config)
    }

    fn answer(&self, engine: &dyn Engine, command: Command) {
        let refusal = match command {
            Command::Decode { serial, latent } => return self.answers.decode(engine, serial, &latent),
            Command::Probe { latents } => return self.answers.probe(engine, &latents),
            Command::Weights => return self.answers.hand_over(),
            Command::Inform { version } => return self.answers.inform(engine, version),
            Command::WriteWhatIsLeft => return self.answers.write_what_is_left(true),
            Command::Save => {
                "not saved: the best epoch is saved by itself while training runs; save again after it"
            }
            Command::Train { .. } | Command::Reset { .. } | Command::Take(_) | Command::BringBack(_) => {
                "training is running already; stop it first"
            }
            Command::KeepAtMost(bytes) => return self.answers.context.shared.lock().keep_at_most(bytes),
            Command::Stop
            | Command::StopEncoding
            | Command::Pause
            | Command::Resume
            | Command::Adjust(_)
            | Command::Encode => return,
        };
        self.answers.events.error(refusal.into());
    }
}

impl Observer for WindowObserver<'_> {
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control {
        if self.answers.events.is_cut() {
            return Control::Stop;
        }
        self.report(at);
        self.show(engine, at);
        self.listen(engine, at).unwrap_or(Control::Continue)
    }

    fn now(&self) -> Instant {
        self.answers.context.clock.now()
    }

    fn held(&self) -> Duration {
        self.held
    }

    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint) {
        let answers = self.answers;
        if answers.events.is_cut() {
            return;
        }
        // By now a device has compiled all that a run needs.
        answers.heartbeat.set_compiling(false);
        let architecture = answers.context.shared.lock().model.architecture.clone();
        let tested = answers.test(&architecture, state);
        {
            let _rest = answers.heartbeat.rest();
            let mut shared = answers.context.shared.lock();
            shared.advance(Arc::new(state.clone()), metrics.best);
            shared.record(&answers.events, |recorder| {
                recorder.epoch(metrics, state.params.digest());
                tested.iter().for_each(|tested| recorder.tested(tested));
            });
        }
        if !metrics.best {
            answers.write_what_is_left(false);
        }
        answers.events.send(Event::Epoch(*metrics));
        self.last = Some(snapshot.clone());
        self.publish(Arc::unwrap_or_clone(snapshot));
        self.shown.0 = self.now();
    }

    fn save_best(&mut self, _state: &Checkpoint, metrics: &EpochMetrics) {
        if !self.answers.events.is_cut() {
            self.answers.save(Some(metrics.epoch));
        }
    }
}
