//! [`LabelStore`]: the window's handle on the thread that owns the labels file.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use super::file_thread::Keeper;
use super::history::Line;
use super::watch::Touch;
use super::{Journal, Labels, Problem, Step};

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
    /// Another program has written the file. Where it did not know of labels of ours they were `restored`; where it did and
    /// `changed` them, its labels stand now.
    Merged { restored: Vec<Step>, changed: Vec<Step> },
    /// The file is gone, and so many labels with it, which [`LabelStore::write_back`] can put into a new one; 0 when it is
    /// back.
    Gone { labels: usize },
    /// Why the history cannot be written; `None` when it is written again.
    History { trouble: Option<String> },
}

/// What is wrong with a labels file that was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Why it cannot be used at all.
    pub file: Option<String>,
    /// Rows of it that cannot be used.
    pub rows: Vec<Problem>,
    /// Why the history cannot be read.
    pub history: Option<String>,
}

/// A labels file as it was when it was opened.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    pub labels: Labels,
    /// What the user has done to them so far.
    pub journal: Journal,
    pub troubles: Troubles,
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
    /// Opens the labels of a data set of `n` samples with their history. A missing file means no labels, one that cannot be
    /// read is left alone and changes fail until it is mended.
    pub fn open(path: &Path, n: usize, wake: Wake) -> (Self, Opened) {
        let (shared, received, rung) = Shared::new(wake);
        let (keeper, mut opened) = Keeper::open(path, n, Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("labels".into())
            .spawn(move || keeper.run(&rung));
        let thread = thread
            .map_err(|error| {
                opened.troubles.file = Some(format!(
                    "labels cannot be saved: no thread for them ({error}); restart the program"
                ));
            })
            .ok();
        let store = Self {
            shared,
            events: received,
            thread,
        };
        (store, opened)
    }

    /// Asks for changes, which are written at once, with the lines of the history that tell of them, and returns
    /// immediately. Of the changes of one request all are made or none.
    pub fn request(&self, changes: &[Change], lines: Vec<Line>) {
        self.shared.pending().push_back(Request {
            changes: changes.to_vec(),
            lines,
            asked: Instant::now(),
        });
        self.ring();
    }

    /// Writes the labels that went with the file into a new one, or into the one that is there by now.
    pub fn write_back(&self) {
        self.shared.write_back.store(true, Ordering::Release);
        self.ring();
    }

    fn ring(&self) {
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
        let requests = self.shared.pending();
        requests.iter().map(|request| request.changes.len()).sum()
    }

    /// The same for a thread that has not got the store; what only the history is told counts as one.
    pub fn pending_counter(&self) -> impl Fn() -> usize + Clone + Send + 'static {
        let shared = Arc::clone(&self.shared);
        move || {
            let requests = shared.pending();
            requests.iter().map(|request| request.changes.len().max(1)).sum()
        }
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

/// Changes that were asked for together.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub changes: Vec<Change>,
    pub lines: Vec<Line>,
    pub asked: Instant,
}

/// What the window's thread, the keeper's and the watcher's share.
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
        // Unbounded, because the keeper must not wait for the window: a window that waits for the keeper to end
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
