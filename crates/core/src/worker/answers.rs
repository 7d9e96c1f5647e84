//! What is answered whether a run is on or not.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_channel::TryRecvError;

use crate::checkpoint::{Checkpoint, Saved};
use crate::dataset::{Dataset, Split};
use crate::model::config::Architecture;
use crate::training::dropout::mutual_information;
use crate::training::engine::Engine;
use crate::training::epoch::encode;
use crate::training::heartbeat::Heartbeat;
use crate::training::message::{Command, Event};
use crate::training::tested::{Tested, test};

use super::context::Context;
use super::event_sender::EventSender;

/// The answers of one computing thread.
pub(super) struct Answers {
    pub(super) context: Context,
    pub(super) events: EventSender,
    pub(super) heartbeat: Heartbeat,
    /// The sample that was decoded last.
    decoded: Cell<Option<u32>>,
    /// Commands that came while samples were encoded.
    later: RefCell<VecDeque<Command>>,
}

impl Answers {
    pub(super) fn new(context: Context, events: EventSender, heartbeat: Heartbeat) -> Self {
        Self {
            context,
            events,
            heartbeat,
            decoded: Cell::new(None),
            later: RefCell::default(),
        }
    }

    /// Puts a command off until it can be obeyed.
    pub(super) fn postpone(&self, command: Command) {
        self.later.borrow_mut().push_back(command);
    }

    /// The oldest command that was put off.
    pub(super) fn postponed(&self) -> Option<Command> {
        self.later.borrow_mut().pop_front()
    }

    /// The next command, where there is one: those that were put off come first.
    pub(super) fn next_command(&self) -> Result<Command, TryRecvError> {
        match self.postponed() {
            Some(command) => Ok(command),
            None => self.context.commands.try_recv(),
        }
    }

    /// Tests this state of the model, and tells how it went.
    pub(super) fn test(&self, architecture: &Architecture, state: &Checkpoint) -> Option<Arc<Tested>> {
        let dataset = self.context.test.get_or_init(|| {
            let _rest = self.heartbeat.rest();
            let test = Dataset::open_with(&self.context.data_dir, Split::Test, self.context.open);
            test.map(Arc::new).map_err(|error| error.to_string())
        });
        let backend = self.context.shared.lock().backend.clone();
        let tested = dataset
            .as_ref()
            .map(|dataset| Arc::new(test(&backend, architecture, state, dataset, &self.heartbeat)));
        self.events
            .send(Event::Tested(tested.clone().map_err(String::clone)));
        tested.ok()
    }

    /// A latent of another model is answered with nothing: its own comes with the next cloud.
    pub(super) fn decode(&self, engine: &dyn Engine, serial: u32, latent: &[f32]) {
        if latent.len() == engine.architecture().latent_dim {
            let pixels = self.in_grey_values(engine.decode(latent));
            let again = self.decoded.replace(Some(serial)) == Some(serial);
            self.events.send(Event::Decoded {
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
        self.events.send(Event::Probed { pixels });
    }

    /// Images of the model, `[n, pixels]`, as a person sees the data set's.
    fn in_grey_values(&self, mut images: Vec<f32>) -> Vec<f32> {
        let scaling = self.context.dataset.scaling();
        for image in images.chunks_exact_mut(scaling.scale().len().max(1)) {
            scaling.invert(image);
        }
        images
    }

    /// What the network is unsure of under dropout.
    pub(super) fn inform(&self, engine: &dyn Engine, version: u64) {
        let snapshot = encode(engine, self.context.dataset.len(), None);
        let rate = self.context.shared.lock().config.dropout_rate;
        let values = mutual_information(&engine.parameters(), &snapshot.latents, rate, version);
        let values = Arc::new(values);
        self.events.send(Event::Information { version, values });
    }

    /// Hands the weights in memory over.
    pub(super) fn hand_over(&self) {
        let shared = self.context.shared.lock();
        self.events.send(Event::Weights {
            version: shared.version,
            state: shared.model.state.clone(),
        });
    }

    /// Writes the model in memory; `epoch`: because that one was the run's best.
    pub(super) fn save(&self, epoch: Option<usize>) {
        let _rest = self.heartbeat.rest();
        let mut shared = self.context.shared.lock();
        let saved = shared.save(epoch.is_some());
        if saved.is_ok() && epoch.is_none() {
            shared.remembered(&self.events, Ok(()));
        }
        self.events.send(match saved {
            Ok(Saved { path, kept, spared }) => {
                if let Some(told) = spared {
                    self.events.error(told);
                }
                Event::Saved { path, epoch, kept }
            }
            Err(message) => Event::Error { message },
        });
    }

    /// Tries again to write what the disk has not taken; `now`: even if it is not time for that yet.
    pub(super) fn write_what_is_left(&self, now: bool) {
        let _rest = self.heartbeat.rest();
        let mut shared = self.context.shared.lock();
        shared.write_what_is_left(&self.events, &self.context.runs, now);
    }
}
