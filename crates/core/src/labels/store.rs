//! [`LabelStore`]: the window's handle on the thread that owns the labels file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use crossbeam_channel::Receiver;

use super::action::Change;
use super::event::{LabelEvent, Opened};
use super::file_thread::FileThread;
use super::line::Line;
use super::shared::{Request, Shared, Wake};
use super::values::Labels;
use crate::classes::ClassCount;

/// The labels file of a data set, written and watched by a thread of its own.
///
/// Dropping the store waits until the pending changes are answered.
pub struct LabelStore {
    shared: Arc<Shared>,
    events: Receiver<LabelEvent>,
    thread: Option<JoinHandle<()>>,
}

impl LabelStore {
    /// Opens the labels of a data set of `n` samples of `classes` with their history. A missing file means no labels, one that cannot be
    /// read is left alone and changes fail until it is mended.
    pub fn open(path: &Path, n: usize, classes: ClassCount, wake: Wake) -> (Self, Opened) {
        let (shared, received, rung) = Shared::new(wake);
        let (keeper, mut opened) = FileThread::open(path, n, classes, Arc::clone(&shared));
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
