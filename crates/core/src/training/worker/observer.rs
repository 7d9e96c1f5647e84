//! What passes between a run and the window: progress and latents out, commands in.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::TryRecvError;

use crate::checkpoint::Checkpoint;
use crate::model::config::Adjustment;
use crate::training::engine::Engine;
use crate::training::epoch::{Control, encode};
use crate::training::message::{Command, EpochMetrics, Event, LatentSnapshot};
use crate::training::run::{BatchPosition, Observer};

use super::compute::Computer;

/// Time between two progress events, and the least between two snapshots.
const INTERVAL: Duration = Duration::from_millis(100);
/// Training goes on for at least this many times as long as a snapshot within an epoch took.
const THRIFT: u32 = 30;

/// Passes a run's news on to the window, and its commands to the run.
pub(super) struct WindowObserver<'a> {
    computer: &'a Computer,
    reported: Option<Instant>,
    /// When the window was last given latents, and how long they took.
    shown: (Instant, Duration),
    held: Duration,
    /// The cloud after the last epoch.
    pub(super) last: Option<Arc<LatentSnapshot>>,
}

impl<'a> WindowObserver<'a> {
    pub(super) fn new(computer: &'a Computer) -> Self {
        Self {
            computer,
            reported: None,
            shown: (Instant::now(), Duration::ZERO),
            held: Duration::ZERO,
            last: None,
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
            self.computer.link.send(Event::Progress {
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
        let snapshot = encode(engine, self.computer.place.dataset.len(), None);
        self.publish(snapshot);
        self.shown = (Instant::now(), started.elapsed());
    }

    fn publish(&self, snapshot: LatentSnapshot) {
        let mut keep = self.computer.place.keep.lock();
        keep.publish(&self.computer.link, snapshot);
    }

    /// What the run shall do next, by the commands that have come; nothing: go on.
    fn listen(&mut self, engine: &dyn Engine, at: BatchPosition) -> Option<Control> {
        match self.computer.place.commands.try_recv() {
            Ok(Command::Stop) => Some(Control::Stop),
            Ok(Command::Pause) => self.pause(engine, at),
            Ok(Command::Adjust(to)) => Some(self.adjust(at, to)),
            Ok(command) => {
                self.answer(engine, command);
                self.listen(engine, at)
            }
            Err(TryRecvError::Empty) => None,
            // The window is gone: end the run as a stop does, with what was learnt saved.
            Err(TryRecvError::Disconnected) => Some(Control::Stop),
        }
    }

    /// Waits for the end of a pause; meanwhile nothing is computed but what the user asks for.
    fn pause(&mut self, engine: &dyn Engine, at: BatchPosition) -> Option<Control> {
        let since = Instant::now();
        let mut control = None;
        self.computer.link.send(Event::Paused(true));
        loop {
            let command = {
                let _rest = self.computer.heartbeat.rest();
                self.computer.place.commands.recv()
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
        self.held += since.elapsed();
        if control != Some(Control::Stop) {
            self.computer.link.send(Event::Paused(false));
        }
        control
    }

    fn adjust(&self, at: BatchPosition, to: Adjustment) -> Control {
        let computer = self.computer;
        let _rest = computer.heartbeat.rest();
        let mut keep = computer.place.keep.lock();
        keep.config.adjust(to);
        let config = keep.config.clone();
        keep.record(&computer.link, |recorder| {
            recorder.adjusted(at.epoch, at.batch, to)
        });
        computer.link.send(Event::Adjusted(config.clone()));
        Control::Adjust(config)
    }

    fn answer(&self, engine: &dyn Engine, command: Command) {
        let refusal = match command {
            Command::Decode { serial } => return self.computer.decode(engine, serial),
            Command::Probe { latents } => return self.computer.probe(engine, &latents),
            Command::Weights => return self.computer.hand_over(),
            Command::Inform { version } => return self.computer.inform(engine, version),
            Command::WriteWhatIsLeft => return self.computer.write_what_is_left(true),
            Command::Save => {
                "not saved: the best epoch is saved by itself while training runs; save again after it"
            }
            Command::Train { .. } | Command::Reset { .. } | Command::Take(_) | Command::BringBack(_) => {
                "training is running already; stop it first"
            }
            Command::KeepAtMost(bytes) => return self.computer.place.keep.lock().keep_at_most(bytes),
            Command::Stop | Command::Pause | Command::Resume | Command::Adjust(_) | Command::Encode => return,
        };
        self.computer.link.error(refusal.into());
    }
}

impl Observer for WindowObserver<'_> {
    fn batch(&mut self, engine: &dyn Engine, at: BatchPosition) -> Control {
        if self.computer.link.is_cut() {
            return Control::Stop;
        }
        self.report(at);
        self.show(engine, at);
        self.listen(engine, at).unwrap_or(Control::Continue)
    }

    fn held(&self) -> Duration {
        self.held
    }

    fn epoch(&mut self, metrics: &EpochMetrics, snapshot: Arc<LatentSnapshot>, state: &Checkpoint) {
        let computer = self.computer;
        if computer.link.is_cut() {
            return;
        }
        // By now a device has compiled all that a run needs.
        computer.heartbeat.set_compiling(false);
        let architecture = computer.place.keep.lock().model.architecture.clone();
        let tested = computer.test(&architecture, state);
        {
            let _rest = computer.heartbeat.rest();
            let mut keep = computer.place.keep.lock();
            keep.advance(Arc::new(state.clone()), metrics.best);
            keep.record(&computer.link, |recorder| {
                recorder.epoch(metrics, state.params.digest());
                tested.iter().for_each(|tested| recorder.tested(tested));
            });
        }
        if !metrics.best {
            computer.write_what_is_left(false);
        }
        computer.link.send(Event::Epoch(*metrics));
        self.last = Some(snapshot.clone());
        self.publish(Arc::unwrap_or_clone(snapshot));
        self.shown.0 = Instant::now();
    }

    fn save_best(&mut self, _state: &Checkpoint, metrics: &EpochMetrics) {
        if !self.computer.link.is_cut() {
            self.computer.save(Some(metrics.epoch));
        }
    }
}
