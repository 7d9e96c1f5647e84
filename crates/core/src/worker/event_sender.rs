//! The way from whoever computes to the window.

use std::sync::{Arc, Mutex, PoisonError};

use crossbeam_channel::Sender;

use crate::training::heartbeat::Heartbeat;
use crate::training::message::{Event, Urgency};

/// Sends events and wakes the window. Clones are one and the same; [`EventSender::cut`] silences all of them.
#[derive(Clone)]
pub(super) struct EventSender {
    events: Arc<Mutex<Option<Sender<Event>>>>,
    wake: Arc<dyn Fn(Urgency) + Send + Sync>,
    /// Of the thread that sends, which may have to wait for the window.
    heartbeat: Heartbeat,
}

impl EventSender {
    pub(super) fn new(events: Sender<Event>, wake: Arc<dyn Fn(Urgency) + Send + Sync>) -> Self {
        Self {
            events: Arc::new(Mutex::new(Some(events))),
            wake,
            heartbeat: Heartbeat::default(),
        }
    }

    /// Another link to the same window, which can be cut by itself.
    pub(super) fn of(&self, heartbeat: &Heartbeat) -> Self {
        Self {
            events: Arc::new(Mutex::new(self.sender())),
            wake: self.wake.clone(),
            heartbeat: heartbeat.clone(),
        }
    }

    fn sender(&self) -> Option<Sender<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn send(&self, event: Event) {
        let _rest = self.heartbeat.rest();
        let urgency = event.urgency();
        // The window may be gone already; then nobody is left to tell.
        if self.sender().is_some_and(|events| events.send(event).is_ok()) {
            (self.wake)(urgency);
        }
    }

    pub(super) fn error(&self, message: String) {
        self.send(Event::Error { message });
    }

    pub(super) fn is_cut(&self) -> bool {
        self.sender().is_none()
    }

    /// From now on nothing comes through.
    pub(super) fn cut(&self) {
        *self.events.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
