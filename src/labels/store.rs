//! [`LabelStore`]: the window's handle on the thread that owns the labels file.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::keeper::Keeper;
use super::{Labels, Problem};

/// A sample's new label; `None` deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub serial: u32,
    pub label: Option<u8>,
}

/// What happened to the labels file. Every requested change is answered by one `Saved` or `Failed`, in order.
#[derive(Clone, Debug)]
pub enum LabelEvent {
    /// The change is on the disk; `elapsed` since it was requested.
    Saved { change: Change, elapsed: Duration },
    /// The change is not in the file, which says `current` for that serial. `message` names the cause and the mend.
    Failed {
        change: Change,
        current: Option<u8>,
        message: String,
    },
    /// Another program changed the file (or mended it). Changes still pending are in `labels`.
    Reloaded { labels: Labels, problems: Vec<Problem> },
    /// The file cannot be used as it stands; labels stay as they were.
    Problem { message: String },
}

/// What is wrong with a labels file that was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Why it cannot be used at all.
    pub file: Option<String>,
    /// Rows of it that cannot be used.
    pub rows: Vec<Problem>,
}

/// Called after each event, so that a sleeping window looks at it.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The labels file of a data set, written and watched by a thread of its own.
///
/// Dropping the store waits until the pending changes are answered.
pub struct LabelStore {
    shared: Arc<Shared>,
    events: Receiver<LabelEvent>,
    thread: Option<JoinHandle<()>>,
}

impl LabelStore {
    /// Opens the labels of a data set of `n` samples. Returns them with what the user should know; a missing file means
    /// no labels, one that cannot be read is left alone and changes fail until it is mended.
    pub fn open(path: &Path, n: usize, wake: Wake) -> (Self, Labels, Troubles) {
        let (shared, received, rung) = Shared::new(wake);
        let (keeper, labels, mut troubles) = Keeper::open(path, n, Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("labels".into())
            .spawn(move || keeper.run(&rung));
        let thread = thread
            .map_err(|error| {
                troubles.file = Some(format!(
                    "labels cannot be saved: no thread for them ({error}); restart the program"
                ))
            })
            .ok();
        (
            Self {
                shared,
                events: received,
                thread,
            },
            labels,
            troubles,
        )
    }

    /// Asks for changes, which are written at once, and returns immediately.
    pub fn request(&self, changes: &[Change]) {
        let asked = Instant::now();
        let changes = changes.iter().map(|&change| Pending { change, asked });
        self.shared.pending().extend(changes);
        match &self.thread {
            Some(thread) if !thread.is_finished() => self.shared.ring(),
            _ => self.shared.fail_all(
                "the thread that saves labels has ended; restart the program",
                |_| None,
            ),
        }
    }

    /// Events, in the order in which they happened. One that was sent before a request knows nothing of it: see
    /// [`overlay`](Self::overlay).
    pub fn events(&self) -> &Receiver<LabelEvent> {
        &self.events
    }

    /// Changes that no event has answered yet.
    pub fn pending(&self) -> usize {
        self.shared.pending().len()
    }

    /// Says the same to a thread that has not got the store.
    pub fn pending_counter(&self) -> impl Fn() -> usize + Clone + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || shared.pending().len()
    }

    /// Puts the changes that are still pending over `labels`, so that what was requested after an event was sent
    /// does not flicker when the event is applied.
    pub fn overlay(&self, labels: &mut Labels) {
        self.shared.overlay(labels);
    }
}

impl Drop for LabelStore {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        self.shared.ring();
        if let Some(thread) = self.thread.take() {
            // A panic on that thread has already been reported.
            let _ = thread.join();
        }
    }
}

/// A change and when it was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending {
    pub change: Change,
    pub asked: Instant,
}

/// What the window's thread, the keeper's and the watcher's share.
pub(super) struct Shared {
    pending: Mutex<VecDeque<Pending>>,
    /// The file may have changed.
    pub touched: AtomicBool,
    pub closing: AtomicBool,
    bell: Sender<()>,
    events: Sender<LabelEvent>,
    wake: Wake,
}

impl Shared {
    /// Also returns what hears the events and the bell.
    pub fn new(wake: Wake) -> (Arc<Self>, Receiver<LabelEvent>, Receiver<()>) {
        // Unbounded, because the keeper must not wait for the window: a window that waits for the keeper to end
        // would wait for ever. One event per key press or edit does not fill it.
        let (events, received) = unbounded();
        let (bell, rung) = bounded(1);
        let shared = Self {
            pending: Mutex::default(),
            touched: AtomicBool::new(true),
            closing: AtomicBool::new(false),
            bell,
            events,
            wake,
        };
        (Arc::new(shared), received, rung)
    }

    pub fn pending(&self) -> MutexGuard<'_, VecDeque<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the keeper; a bell that rings already is heard as well.
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

    /// Answers the oldest `count` changes, each by its place among them.
    pub fn answer(&self, count: usize, event: impl Fn(usize, Pending) -> LabelEvent) {
        for place in 0..count {
            let Some(pending) = self.pending().pop_front() else {
                break;
            };
            let _ = self.events.send(event(place, pending));
        }
        self.wake();
    }

    /// Answers everything that is pending with `Failed`.
    pub fn fail_all(&self, message: &str, current: impl Fn(u32) -> Option<u8>) {
        let count = self.pending().len();
        self.answer(count, |_, Pending { change, .. }| LabelEvent::Failed {
            change,
            current: current(change.serial),
            message: message.to_owned(),
        });
    }

    pub fn overlay(&self, labels: &mut Labels) {
        for pending in self.pending().iter() {
            labels.set(pending.change.serial, pending.change.label);
        }
    }
}
