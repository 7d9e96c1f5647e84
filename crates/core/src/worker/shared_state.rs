//! What outlives the thread that computes: the last good state of everything.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::checkpoint::EndState;
use crate::checkpoint::{
    Checkpoint, CheckpointError, OptimizerLayout, Saved, WeightsFile, save_configuration,
};
use crate::model::config::TrainingConfig;
use crate::outputs::clouds::{self, Cloud};
use crate::outputs::runs::Recorder;
use crate::training::backend::Backend;
use crate::training::history::RunStatus;
use crate::training::message::Event;
use crate::training::snapshot::LatentSnapshot;

use super::event_sender::EventSender;
use super::model::Model;

/// Shared with the thread that computes, which holds the lock only where it does not compute.
#[derive(Clone)]
pub(super) struct SharedState(Arc<Mutex<Shared>>);

pub(super) struct Shared {
    pub(super) backend: Backend,
    /// Whether it is still to be found out which backend is the faster.
    pub(super) try_both: bool,
    pub(super) model: Model,
    /// Where it is saved.
    pub(super) file: WeightsFile,
    /// Of the last run, or of the one that the checkpoint came from.
    pub(super) config: TrainingConfig,
    /// Of the last snapshot.
    pub(super) version: u64,
    /// Whether the cloud is not the model's yet.
    pub(super) encode: bool,
    /// Bytes of the clouds and weights of runs that are kept at most.
    most: u64,
    run: Option<Run>,
    /// What the disk has not taken.
    left: Unwritten,
    /// What the last run left behind.
    ends: Option<Ends>,
}

struct Run {
    recorder: Recorder,
    /// A record that cannot be written is told of once.
    told: bool,
    written: bool,
}

/// What runs have left behind and the disk has not taken.
#[derive(Default)]
struct Unwritten {
    best: Option<Weights>,
    last: Option<Weights>,
    /// Weights and cloud at the end of the run with this name.
    end: Option<(String, Cloud, Weights)>,
    record: Option<Recorder>,
    /// How often it was tried in vain, and when it is tried again.
    tried: u32,
    again: Option<Instant>,
    told: bool,
}

/// Weights, and the settings of the run that they are of.
type Weights = (Arc<Checkpoint>, TrainingConfig);

/// Pauses before it is tried again double from the first to the last.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(64)];

impl Unwritten {
    fn is_empty(&self) -> bool {
        self.best.is_none() && self.last.is_none() && self.end.is_none() && self.record.is_none()
    }

    fn plan(&mut self) {
        let pause = PAUSES[0] * 2_u32.saturating_pow(self.tried);
        self.tried = (self.tried + 1).min(16);
        self.again = (!self.is_empty()).then(|| Instant::now() + pause.min(PAUSES[1]));
    }
}

struct Ends {
    last: Arc<Checkpoint>,
    best: Arc<Checkpoint>,
}

impl SharedState {
    pub(super) fn new(
        backend: Backend,
        try_both: bool,
        (mut model, file): (Model, WeightsFile),
        config: TrainingConfig,
    ) -> Self {
        let best = model.best.take();
        let ends = best.map(|best| Ends {
            last: model.state.clone(),
            best,
        });
        Self(Arc::new(Mutex::new(Shared {
            backend,
            try_both,
            model,
            file,
            config,
            version: 0,
            encode: true,
            most: u64::MAX,
            run: None,
            left: Unwritten::default(),
            ends,
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// The model stands in memory; `loaded`: just now, from the file.
    pub(super) fn ready(&self, loaded: bool) -> Event {
        let model = &self.model;
        Event::ModelReady {
            backend: self.backend.to_string(),
            architecture: model.architecture.clone(),
            checkpoint: model.source.clone(),
            problem: model.problem.clone(),
            config: (loaded && model.source.is_some()).then(|| self.config.clone()),
            state: model.state.params.digest(),
        }
    }

    /// What the last run left behind, where it did.
    pub(super) fn ends(&self) -> Option<Event> {
        self.ends.as_ref().map(|ends| Event::Ends {
            last: ends.last.params.digest(),
            best: ends.best.params.digest(),
        })
    }

    /// Gives the snapshot its number and sends it.
    pub(super) fn publish(&mut self, events: &EventSender, mut snapshot: LatentSnapshot) {
        self.version += 1;
        snapshot.version = self.version;
        events.send(Event::Latent(Arc::new(snapshot)));
    }

    pub(super) fn is_training(&self) -> bool {
        self.run.is_some()
    }

    pub(super) fn begin_run(&mut self, events: &EventSender, recorder: Recorder, config: &TrainingConfig) {
        self.config = config.clone();
        self.run = Some(Run {
            recorder,
            told: false,
            written: false,
        });
        self.record(events, |_| {});
    }

    /// An epoch of the run has ended with this state.
    pub(super) fn advance(&mut self, state: Arc<Checkpoint>, best: bool) {
        let best = match self.ends.take() {
            Some(ends) if !best => ends.best,
            _ => state.clone(),
        };
        self.ends = Some(Ends {
            last: state.clone(),
            best,
        });
        self.model.state = state;
    }

    /// Brings what the last run left behind into memory; false: there is nothing.
    pub(super) fn take(&mut self, which: EndState) -> bool {
        let Some(ends) = &self.ends else {
            return false;
        };
        self.model.state = match which {
            EndState::Last => ends.last.clone(),
            EndState::Best => ends.best.clone(),
        };
        self.encode = true;
        true
    }

    /// Another model has come into memory, of which no run has left anything behind.
    pub(super) fn forget_ends(&mut self) {
        self.ends = None;
    }

    /// Lets the record of the run grow, on the disk too.
    pub(super) fn record(&mut self, events: &EventSender, grow: impl FnOnce(&mut Recorder)) {
        let Some(run) = &mut self.run else {
            return;
        };
        grow(&mut run.recorder);
        let written = run.recorder.write();
        run.written = written.is_ok();
        events.send(Event::Recorded(Arc::new(run.recorder.record().clone())));
        if let Err(error) = written
            && !std::mem::replace(&mut run.told, true)
        {
            events.error(format!("the run is not recorded: {error}"));
        }
    }

    /// Keeps the state in memory, at a run's end, beside the best one, and with the run's record.
    pub(super) fn keep_end(&mut self, events: &EventSender, runs: &Path, cloud: &Cloud) {
        let Some(run) = &self.run else {
            return;
        };
        let id = run.recorder.record().id.clone();
        let layout = OptimizerLayout::of(&self.config);
        let kept = clouds::keep(runs, &id, cloud, &self.model.state, layout);
        self.save_last(events);
        if let Err(error) = kept {
            events.error(error.to_string());
            let weights = (self.model.state.clone(), self.config.clone());
            self.left.end = Some((id, cloud.clone(), weights));
        }
        self.prune(events, runs);
    }

    /// Writes the state in memory as the one that is shown, beside the best one.
    pub(super) fn save_last(&mut self, events: &EventSender) {
        let last = (self.model.state.clone(), self.config.clone());
        let saved = self.put(events, EndState::Last, &last);
        self.left.last = saved.is_err().then_some(last);
        self.remembered(events, saved);
    }

    /// Writes a state, and tells if it had to go to another file because another program has written this one.
    fn put(
        &mut self,
        events: &EventSender,
        which: EndState,
        (state, config): &Weights,
    ) -> Result<(), CheckpointError> {
        if let Some(told) = self.file.save(which, state, config)?.spared {
            events.error(told);
        }
        Ok(())
    }

    /// Says beside the file which of the two states that a run has left behind is shown.
    pub(super) fn show(&self, events: &EventSender, which: EndState) {
        let shown = save_configuration(self.file.weights(), &self.config, which);
        self.remembered(events, shown);
    }

    /// Tries again to write what the disk has not taken, if it is time for that; `now`: in any case, and it is told what fails.
    pub(super) fn write_what_is_left(&mut self, events: &EventSender, runs: &Path, now: bool) {
        let early = self.left.again.is_some_and(|again| Instant::now() < again);
        let nothing = self.left.is_empty() && self.left.again.is_none();
        if nothing || early && !now {
            return;
        }
        let mut failures: Vec<String> = Vec::new();
        if let Some(best) = self.left.best.take()
            && let Err(error) = self.save_best(&best)
        {
            failures.push(error);
            self.left.best = Some(best);
        }
        if let Some(last) = self.left.last.take() {
            match self.put(events, EndState::Last, &last) {
                Ok(()) => events.send(Event::Remembered(last.0.params.digest())),
                Err(error) => {
                    failures.push(error.to_string());
                    self.left.last = Some(last);
                }
            }
        }
        // First the record: with it the run gets its name, under which the rest is kept.
        if let Some(mut recorder) = self.left.record.take() {
            let written = recorder.write();
            if let Some((id, ..)) = &mut self.left.end {
                id.clone_from(&recorder.record().id);
            }
            if let Err(error) = written {
                failures.push(format!("the run is not recorded: {error}"));
                self.left.record = Some(recorder);
            }
        }
        if let Some((id, cloud, of)) = self.left.end.take()
            && let Err(error) = clouds::keep(runs, &id, &cloud, &of.0, OptimizerLayout::of(&of.1))
        {
            failures.push(error.to_string());
            self.left.end = Some((id, cloud, of));
        }
        if self.left.is_empty() {
            self.left = Unwritten::default();
            self.prune(events, runs);
            events.send(Event::Unwritten(false));
            return;
        }
        self.left.plan();
        if now {
            failures.into_iter().for_each(|failure| events.error(failure));
        }
    }

    /// When it is to be tried again.
    pub(super) fn again(&self) -> Option<Instant> {
        self.left.again
    }

    /// Tells whether the disk has not taken everything.
    fn tell_what_is_left(&mut self, events: &EventSender) {
        if !self.left.is_empty() && !std::mem::replace(&mut self.left.told, true) {
            self.left.plan();
            events.send(Event::Unwritten(true));
        }
    }

    /// Tells that the next start begins with what is in memory, or why it does not.
    pub(super) fn remembered(&self, events: &EventSender, saved: Result<(), CheckpointError>) {
        match saved {
            Ok(()) => events.send(Event::Remembered(self.model.state.params.digest())),
            Err(error) => events.error(error.to_string()),
        }
    }

    /// From the end of the next run on: who drags a number down and up again loses nothing.
    pub(super) fn keep_at_most(&mut self, bytes: u64) {
        self.most = bytes;
    }

    /// Deletes what is too much of the clouds and weights of runs, and tells what is left.
    fn prune(&self, events: &EventSender, runs: &Path) {
        if let Err(error) = clouds::prune(runs, self.most) {
            events.error(error.to_string());
        }
        events.send(Event::Stored(Arc::new(clouds::stored(runs))));
    }

    pub(super) fn finish_run(&mut self, events: &EventSender, status: RunStatus, message: String) {
        self.record(events, |recorder| recorder.finish(status, &message));
        let run = self.run.take();
        self.left.record = run.filter(|run| !run.written).map(|run| run.recorder);
        self.tell_what_is_left(events);
        events.send(Event::TrainingFinished { status, message });
    }

    /// Writes the state in memory. A file that could not be read at the start is not overwritten.
    pub(super) fn save(&mut self, best_of_run: bool) -> Result<Saved, String> {
        let best = (self.model.state.clone(), self.config.clone());
        let saved = self.save_best(&best);
        if saved.is_ok() {
            self.left.best = None;
        } else if best_of_run {
            self.left.best = Some(best);
        }
        saved
    }

    fn save_best(&mut self, (state, config): &Weights) -> Result<Saved, String> {
        let weights = self.file.weights();
        if self.model.problem.is_some() && weights.exists() {
            return Err(format!(
                "not saved: {} holds something that could not be read, and stays as it is; move it away and save again",
                weights.display()
            ));
        }
        self.file
            .save(EndState::Best, state, config)
            .map_err(|error| error.to_string())
    }
}
