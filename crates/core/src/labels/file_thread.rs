//! [`FileThread`]: the thread that owns the labels file. It sleeps until a change is requested, the file is touched or a
//! second look at a replaced file is due.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::Receiver;
use notify::RecommendedWatcher;

use super::action::Change;
use super::document::Document;
use super::event::{LabelEvent, Opened, Troubles};
use super::file::{self, Snapshot};
use super::history::History;
use super::journal::Journal;
use super::line::Line;
use super::originals::Originals;
use super::orphaned_writers::OrphanedWriters;
use super::problem::Problem;
use super::shared::Shared;
use super::values::Labels;
use super::versions::Versions;
use super::watch::watch;
use crate::classes::ClassCount;
use crate::files;
use crate::panic_text::panic_text;

mod commit;
mod merge;

/// After a touch others follow; one look serves them all.
const DEBOUNCE: Duration = Duration::from_millis(50);
/// How often the file's identity is compared, without a watcher and with one (a network folder sends no events).
const POLL: Duration = Duration::from_secs(1);
const POLL_WATCHED: Duration = Duration::from_secs(5);

pub(super) struct FileThread {
    path: PathBuf,
    name: String,
    n: usize,
    classes: ClassCount,
    shared: Arc<Shared>,
    watcher: Option<RecommendedWatcher>,
    /// The last usable state of the file.
    known: Snapshot,
    document: Document,
    labels: Labels,
    problems: Vec<Problem>,
    /// Why the file cannot be used, once that was told.
    trouble: Option<String>,
    history: History,
    versions: Versions,
    originals: Originals,
    /// Whether the file as it is known has been compared with the history.
    merged: bool,
    /// Where the file lay when it was there last.
    device: Option<u64>,
    /// What went with a file that is gone.
    lost: Option<Document>,
    late: OrphanedWriters,
    look_at: Option<Instant>,
}

impl FileThread {
    pub fn open(path: &Path, n: usize, classes: ClassCount, shared: Arc<Shared>) -> (Self, Opened) {
        files::clear_abandoned(file::folder(&file::target(path)));
        let (history, lines, unread) = History::open(path);
        let mut keeper = Self {
            path: path.to_owned(),
            name: path.display().to_string(),
            n,
            classes,
            shared,
            watcher: None,
            known: Snapshot::default(),
            document: Document::empty(classes),
            labels: Labels::new(n, classes),
            problems: Vec::new(),
            trouble: None,
            history,
            versions: Versions::default(),
            originals: Originals::default(),
            merged: false,
            device: None,
            lost: None,
            late: OrphanedWriters::new(classes),
            look_at: None,
        };
        let mut journal = Journal::default();
        for line in &lines {
            journal.follow(line);
            keeper.follow(line);
        }
        let read = file::read(path).and_then(|snapshot| Ok((keeper.parse(&snapshot)?, snapshot)));
        match read {
            Ok((document, snapshot)) => keeper.know(document, snapshot),
            Err(error) => keeper.trouble = Some(error.to_string()),
        }
        let troubles = Troubles {
            file: keeper.trouble.clone(),
            rows: keeper.problems.clone(),
            history: unread.map(|error| error.to_string()),
        };
        let labels = keeper.labels.clone();
        let opened = Opened {
            labels,
            journal,
            troubles,
        };
        (keeper, opened)
    }

    /// Goes on by a line of the history.
    fn follow(&mut self, line: &Line) {
        self.versions.follow(line);
        if let Line::Rows(rows) = line {
            for (serial, text) in rows {
                self.originals.note(*serial, text.clone());
            }
        }
    }

    /// Serves until the store closes.
    pub fn run(mut self, bell: &Receiver<()>) {
        let mut idle = Duration::ZERO;
        loop {
            let rung = bell.recv_timeout(idle).is_ok();
            let closing = self.shared.closing.load(Ordering::Acquire);
            idle = catch_unwind(AssertUnwindSafe(|| self.turn(rung, closing)))
                .unwrap_or_else(|panic| self.recover(&*panic));
            // What was requested before the store closed has been seen in the turn above.
            if closing {
                self.shared
                    .fail_all("the program is closing", |serial| self.labels.get(serial));
                return;
            }
        }
    }

    /// Does what is due and returns how long nothing else will be.
    fn turn(&mut self, rung: bool, closing: bool) -> Duration {
        if self.watcher.is_none() && !closing && file::folder(&self.path).is_dir() {
            let shared = Arc::clone(&self.shared);
            self.watcher = watch(&self.path, move |touch| shared.touch(touch));
        }
        if !self.merged && self.trouble.is_none() {
            self.look();
            self.tell_interrupted();
        }
        let count = self.shared.pending().len();
        if count > 0 {
            self.save(count);
        }
        if self.shared.touched.swap(false, Ordering::AcqRel) {
            self.look_at.get_or_insert(Instant::now() + DEBOUNCE);
        }
        let polled = !rung && file::identity(&self.path) != self.known.identity;
        if polled || self.look_at.is_some_and(|at| at <= Instant::now()) {
            self.look_at = None;
            self.look();
        }
        self.merge_late(closing);
        if self.shared.write_back.swap(false, Ordering::AcqRel) {
            self.write_back();
        }
        if closing && self.history.waits() {
            self.note(Vec::new());
        }
        let poll = if self.watcher.is_some() {
            POLL_WATCHED
        } else {
            POLL
        };
        let due = [self.look_at, self.late.due()].into_iter().flatten().min();
        due.map_or(poll, |due| {
            poll.min(due.saturating_duration_since(Instant::now()))
        })
    }

    /// After a panic: nobody waits for an answer for ever, and what stands in the file is read anew.
    fn recover(&mut self, panic: &(dyn Any + Send)) -> Duration {
        let cause = panic_text(panic).unwrap_or("unknown cause");
        let message = format!(
            "{}: saving failed inside the program ({cause}); try again",
            self.name
        );
        self.late = OrphanedWriters::new(self.classes);
        self.look_at = Some(Instant::now() + POLL);
        self.report(message.clone());
        self.shared.fail_all(&message, |serial| self.labels.get(serial));
        POLL
    }

    /// Writes the oldest `count` requests at once and answers each of their changes.
    fn save(&mut self, count: usize) {
        let requests: Vec<_> = self.shared.pending().iter().take(count).cloned().collect();
        let fault = |&Change { serial, label }: &Change| match label {
            _ if serial as usize >= self.n => {
                Some(format!("sample {serial} is not in the data set; choose another"))
            }
            Some(label) if !self.classes.has(label) => Some(format!(
                "label {label} is not one of 0–{}; choose another",
                self.classes.last()
            )),
            _ => None,
        };
        let mut faults: Vec<Option<String>> = Vec::with_capacity(count);
        let (mut changes, mut lines) = (Vec::new(), Vec::new());
        for request in requests {
            let fault = request.changes.iter().find_map(fault);
            if fault.is_none() {
                changes.extend(request.changes);
                lines.extend(request.lines);
            }
            faults.push(fault);
        }
        let result = if changes.is_empty() {
            self.note(lines);
            Ok(())
        } else {
            self.locked(|keeper| keeper.commit(&changes, lines, None))
        };
        let failure = result.err().map(|error| {
            // The file may have changed all the same; `current` must be what it says now.
            self.look();
            error.to_string()
        });
        self.shared.answer(count, |place, change, asked| {
            let fault = faults.get(place).and_then(Option::as_ref);
            match fault.or(failure.as_ref()) {
                None => LabelEvent::Saved {
                    change,
                    elapsed: asked.elapsed(),
                },
                Some(message) => LabelEvent::Failed {
                    change,
                    current: self.labels.get(change.serial),
                    message: message.clone(),
                },
            }
        });
    }

    /// Takes over what another program made of the file.
    fn look(&mut self) {
        let looked = self.settle().and_then(|_| self.locked(Self::compare));
        if let Err(error) = looked {
            self.report(error.to_string());
        }
    }

    /// Tells of a crash in the middle of writing a file that could not be replaced.
    fn tell_interrupted(&self) {
        if let Some(backup) = files::interrupted(&self.path) {
            let message = format!(
                "{}: was being written when the program ended; what it held before is in {}: compare the two, then delete that one",
                self.name,
                backup.display()
            );
            self.shared.send(LabelEvent::Problem { message });
        }
    }

    /// Does something while no other program of this kind writes labels or history.
    fn locked<R>(&mut self, act: impl FnOnce(&mut Self) -> R) -> R {
        let lock = self.history.lock();
        for line in self.history.others() {
            self.follow(&line);
        }
        let result = act(self);
        drop(lock);
        result
    }

    /// Merges rows that others wrote into files that we have replaced.
    fn merge_late(&mut self, closing: bool) {
        for found in self.late.look(closing) {
            let merged = self.locked(|keeper| keeper.commit(&[], Vec::new(), Some(&found)));
            if let Err(error) = merged {
                self.report(error.to_string());
            }
        }
    }

    /// Adds lines to the history, after those that could not be written before, and tells if that fails or works again.
    fn note(&mut self, lines: Vec<Line>) {
        let waited = self.history.waits();
        for line in &lines {
            self.follow(line);
        }
        let trouble = self.history.append(lines).err().map(|error| error.to_string());
        if waited || trouble.is_some() {
            self.shared.send(LabelEvent::History { trouble });
        }
    }

    fn know(&mut self, document: Document, snapshot: Snapshot) {
        self.labels = document.labels(self.n);
        self.problems = document.problems(&self.name);
        self.document = document;
        if snapshot.identity.is_some() {
            self.device = file::device(&self.path);
        }
        self.known = snapshot;
    }

    /// Tells the labels if they are not what the window knows, or if it was last told of trouble.
    fn tell_reload(&mut self, labels: &Labels, problems: &[Problem]) {
        let mended = self.trouble.take().is_some();
        if mended || *labels != self.labels || problems != self.problems {
            let mut labels = self.labels.clone();
            self.shared.overlay(&mut labels);
            self.shared.send(LabelEvent::Reloaded {
                labels,
                problems: self.problems.clone(),
            });
        }
    }

    fn report(&mut self, message: String) {
        if self.trouble.as_ref() != Some(&message) {
            self.trouble = Some(message.clone());
            self.shared.send(LabelEvent::Problem { message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::shared::Request;
    use super::*;

    #[test]
    fn a_panic_fails_what_is_pending() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        std::fs::write(&path, "Serial,label\n1,4\n").unwrap();
        let (shared, events, _bell) = Shared::new(Arc::new(|| {}));
        let (mut keeper, _) = FileThread::open(&path, 10, ClassCount::default(), Arc::clone(&shared));
        for label in [7, 8] {
            shared.pending().push_back(Request {
                changes: vec![Change {
                    serial: 1,
                    label: Some(label),
                }],
                lines: Vec::new(),
                asked: Instant::now(),
            });
        }
        let panic = catch_unwind(|| panic!("out of luck")).unwrap_err();
        keeper.recover(&*panic);
        let answers: Vec<_> = events.try_iter().collect();
        assert!(matches!(&answers[0], LabelEvent::Problem { message } if message.contains("out of luck")));
        assert!(matches!(
            answers[1],
            LabelEvent::Failed {
                change: Change { label: Some(7), .. },
                current: Some(4),
                ..
            }
        ));
        assert!(matches!(
            answers[2],
            LabelEvent::Failed {
                change: Change { label: Some(8), .. },
                current: Some(4),
                ..
            }
        ));
        assert!(shared.pending().is_empty());
    }
}
