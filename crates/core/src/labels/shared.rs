//! What the window's thread, the file's and the watcher's share: requests in, events out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::action::Change;
use super::event::LabelEvent;
use super::line::Line;
use super::values::Labels;
use super::watch::Touch;

/// Called after each event, so that a sleeping window looks at it.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Changes that were asked for together.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub changes: Vec<Change>,
    pub lines: Vec<Line>,
    pub asked: Instant,
}

/// Requests, events and the state of the file between the threads.
pub(super) struct Shared {
    pending: Mutex<VecDeque<Request>>,
    /// The file may have changed.
    pub touched: AtomicBool,
    /// When a program wrote into the file that has not closed it since.
    pub written: Mutex<Option<Instant>>,
    pub write_back: AtomicBool,
    pub closing: AtomicBool,
    bell: Sender<()>,
    events: Sender<LabelEvent>,
    wake: Wake,
}

impl Shared {
    /// Also returns what hears the events and the bell.
    pub fn new(wake: Wake) -> (Arc<Self>, Receiver<LabelEvent>, Receiver<()>) {
        // Unbounded, because the file thread must not wait for the window: a window that waits for the file thread to end
        // would wait for ever. One event per key press or edit does not fill it.
        let (events, received) = unbounded();
        let (bell, rung) = bounded(1);
        let shared = Self {
            pending: Mutex::default(),
            touched: AtomicBool::new(true),
            written: Mutex::default(),
            write_back: AtomicBool::new(false),
            closing: AtomicBool::new(false),
            bell,
            events,
            wake,
        };
        (Arc::new(shared), received, rung)
    }

    pub fn pending(&self) -> MutexGuard<'_, VecDeque<Request>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the file thread; a bell that rings already is heard as well.
    pub fn ring(&self) {
        let _ = self.bell.try_send(());
    }

    pub fn send(&self, event: LabelEvent) {
        // Without a receiver the store is being dropped, and nobody is left to tell.
        let _ = self.events.send(event);
        self.wake();
    }

    fn wake(&self) {
        // A panic of the window's has been printed by its hook and must not stop the saving.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (self.wake)()));
    }

    /// Answers the oldest `count` requests, each by its place among them.
    pub fn answer(&self, count: usize, event: impl Fn(usize, Change, Instant) -> LabelEvent) {
        for place in 0..count {
            let Some(request) = self.pending().pop_front() else {
                break;
            };
            for change in request.changes {
                let _ = self.events.send(event(place, change, request.asked));
            }
        }
        self.wake();
    }

    /// Answers everything that is pending with `Failed`.
    pub fn fail_all(&self, message: &str, current: impl Fn(u32) -> Option<u8>) {
        let count = self.pending().len();
        self.answer(count, |_, change, _| LabelEvent::Failed {
            change,
            current: current(change.serial),
            message: message.to_owned(),
        });
    }

    pub fn overlay(&self, labels: &mut Labels) {
        for change in self.pending().iter().flat_map(|request| &request.changes) {
            labels.set(change.serial, change.label);
        }
    }

    /// Notes whether a program is in the middle of writing the file.
    pub fn touch(&self, touch: Touch) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        *written = match touch {
            Touch::Written => Some(Instant::now()),
            Touch::Closed => None,
            Touch::Other => *written,
        };
        drop(written);
        if !self.touched.swap(true, Ordering::AcqRel) {
            self.ring();
        }
    }

    /// How long ago a program wrote into the file that has not closed it since.
    pub fn being_written(&self) -> Option<Duration> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.map(|at| at.elapsed())
    }
}
