//! The window's end of the channels to the worker.

use std::sync::{Arc, Mutex, PoisonError};

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, TrySendError, unbounded};

use ssvae_core::training::message::{Command, Event};

/// Sends commands; `None` after the end, at which the worker ends as well.
pub type CommandSender = Arc<Mutex<Option<Sender<Command>>>>;

/// Sends commands and receives events.
#[derive(Resource)]
pub struct WorkerLink {
    commands: CommandSender,
    events: Receiver<Event>,
    /// Why commands were not sent.
    refusals: (Sender<Event>, Receiver<Event>),
}

impl WorkerLink {
    pub fn new(commands: Sender<Command>, events: Receiver<Event>) -> Self {
        Self {
            commands: Arc::new(Mutex::new(Some(commands))),
            events,
            refusals: unbounded(),
        }
    }

    /// Sends a command. If the worker does not take it, [`Self::next`] says why.
    pub fn send(&self, command: Command) {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = &*commands else {
            return;
        };
        let message = match sender.try_send(command) {
            Ok(()) => return,
            Err(TrySendError::Full(_)) => "the model is busy; try again in a moment",
            Err(TrySendError::Disconnected(_)) => "no model is loaded; correct the data folder, then Retry",
        };
        // Both ends of this channel are the link's own.
        let _ = self.refusals.0.send(Event::Error {
            message: message.into(),
        });
    }

    /// The next event, if one has come.
    pub fn next(&self) -> Option<Event> {
        let refusal = self.refusals.1.try_recv();
        refusal.or_else(|_| self.events.try_recv()).ok()
    }

    /// Both channels, to close the worker.
    pub fn ends(&self) -> (CommandSender, Receiver<Event>) {
        (self.commands.clone(), self.events.clone())
    }
}
