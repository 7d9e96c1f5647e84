//! How the file is read, and replaced by itself with changes, while other programs write it too.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use super::FileThread;
use super::merge::restore;
use crate::labels::action::Change;
use crate::labels::document::Document;
use crate::labels::error::LabelsError;
use crate::labels::event::LabelEvent;
use crate::labels::file::{self, Replaced, Snapshot};
use crate::labels::line::Line;
use crate::labels::open;
use crate::labels::orphaned_writers::Found;

const SETTLE_STEP: Duration = Duration::from_millis(20);
/// How long a program that has not closed the file may pause before it counts as done: while rows are missing, and when all
/// are there.
const PAUSE: Duration = Duration::from_secs(10);
const REST_OPEN: Duration = Duration::from_secs(2);
const REST: Duration = Duration::from_millis(300);
/// A file that has not come to rest by then is taken as it is.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often a replacement starts over because the file changed meanwhile.
const ATTEMPTS: usize = 50;

/// What a text does not have that was in the file before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacks {
    Nothing,
    /// Labels of ours, which a program need not know of.
    Ours,
    /// Rows of others.
    Others,
    /// The end of a line, or of a quoted field.
    End,
}

impl FileThread {
    /// Replaces the file by itself with `changes`, with labels of ours that another program did not know of, and with rows
    /// that came `late`; then adds `lines` to the history. A change of other programs that comes to light on the way is told.
    pub(super) fn commit(
        &mut self,
        changes: &[Change],
        lines: Vec<Line>,
        late: Option<&Found>,
    ) -> Result<(), LabelsError> {
        for _ in 0..ATTEMPTS {
            let base = self.settle()?;
            let elsewhere = || self.device.is_some() && file::device(&self.path) != self.device;
            if base.identity.is_none() && elsewhere() {
                return Err(LabelsError::Unmounted {
                    path: self.path.clone(),
                });
            }
            let was_there = base.identity.is_some();
            let mut document = self.base_document(&base)?;
            let merge = self.merge(&document, &base);
            let mut changed = base.bytes.is_empty() && document.len() > 0;
            changed |= restore(&mut document, &merge, &self.originals);
            if let Some(found) = late {
                let stale = self
                    .versions
                    .merge(|serial| found.theirs.label(serial.into()))
                    .restored;
                let stale: HashSet<i64> = stale.iter().map(|step| step.serial.into()).collect();
                let keep = |serial| found.ours.contains(&serial) || !found.wanted && stale.contains(&serial);
                changed |= document.adopt(&found.theirs, &found.base, keep);
            }
            let mut rows = Vec::new();
            for change in changes {
                rows.extend(document.original(change.serial));
                changed |= document.set(change.serial.into(), change.label, &self.originals);
            }
            let mut ours = self.labels.clone();
            let told = self.problems.clone();
            if changed {
                let bytes = document.text().into_bytes();
                let Replaced::Done { identity, old } = file::replace(&self.path, &base, &bytes)? else {
                    continue;
                };
                let changed = changes.iter().map(|change| i64::from(change.serial));
                let restored = merge.restored.iter().map(|step| i64::from(step.serial));
                self.late.replaced(old, base.bytes, changed.chain(restored));
                // Read again for the lines that the problems name.
                let snapshot = Snapshot {
                    bytes,
                    identity: Some(identity),
                };
                self.know(self.parse(&snapshot)?, snapshot);
            } else {
                // Another program wrote it so, but may not have flushed it.
                file::flush(&self.path)?;
                self.know(document, base);
            }
            // Our own changes are no news; what else differs is.
            for change in changes {
                ours.set(change.serial, self.labels.get(change.serial));
            }
            self.tell_reload(&ours, &told);
            rows.retain(|(serial, text)| self.originals.note(*serial, text.clone()));
            let rows = (!rows.is_empty()).then_some(Line::Rows(rows));
            self.note(rows.into_iter().chain(lines).collect());
            // What went with a file that is gone has been told.
            self.accept(was_there);
            if !merge.restored.is_empty() {
                self.shared.send(LabelEvent::Merged {
                    restored: merge.restored,
                    changed: Vec::new(),
                });
            }
            return Ok(());
        }
        Err(LabelsError::Busy {
            path: self.path.clone(),
        })
    }

    /// Reads the file, and waits for a program that is in the middle of writing it. How long the text rests is measured here,
    /// from the last change that was seen: the clock by which the file is dated may be another one.
    pub(super) fn settle(&self) -> Result<Snapshot, LabelsError> {
        let started = Instant::now();
        let mut snapshot = file::read(&self.path)?;
        let mut resting = Instant::now();
        while started.elapsed() < PATIENCE {
            let known = self.trouble.is_none() && self.merged && snapshot.bytes == self.known.bytes;
            let rest = self.rest_before_use(&snapshot, known);
            if resting.elapsed() < rest {
                thread::sleep(SETTLE_STEP);
            } else if file::identity(&self.path) == snapshot.identity {
                break;
            }
            let next = file::read(&self.path)?;
            if next.identity != snapshot.identity || next.bytes != snapshot.bytes {
                resting = Instant::now();
            }
            snapshot = next;
        }
        Ok(snapshot)
    }

    /// How long a text must rest before it counts as whole: a rewrite in place shows as an empty file, then as a growing one.
    fn rest_before_use(&self, snapshot: &Snapshot, known: bool) -> Duration {
        if snapshot.identity.is_none() {
            // Some editors move the file away before they write a new one.
            let rest = if known { 0 } else { 1000 };
            return Duration::from_millis(rest);
        }
        let paused = self.shared.being_written();
        let open = open::for_writing(&self.path);
        match open.unwrap_or(paused.is_some_and(|pause| pause < PAUSE)) {
            true if known => REST,
            true if self.merged && self.lacks(&snapshot.bytes) == Lacks::Nothing => REST_OPEN,
            true => PAUSE,
            false if known || open.is_some() => Duration::ZERO,
            false => match self.lacks(&snapshot.bytes) {
                Lacks::Nothing => Duration::ZERO,
                Lacks::Ours => Duration::from_millis(60),
                Lacks::Others => REST,
                Lacks::End => Duration::from_secs(1),
            },
        }
    }

    /// What speaks against a text being whole.
    fn lacks(&self, bytes: &[u8]) -> Lacks {
        let Some(document) = Document::parse(bytes, self.classes)
            .ok()
            .filter(|_| bytes.ends_with(b"\n"))
        else {
            return Lacks::End;
        };
        let mut lacks = Lacks::Nothing;
        for serial in self.document.serials().filter(|&serial| !document.has(serial)) {
            if !u32::try_from(serial).is_ok_and(|serial| self.versions.knows(serial)) {
                return Lacks::Others;
            }
            lacks = Lacks::Ours;
        }
        lacks
    }

    pub(super) fn parse(&self, snapshot: &Snapshot) -> Result<Document, LabelsError> {
        let rows = self.document.len();
        if snapshot.identity.is_some() && snapshot.bytes.is_empty() && rows > 0 {
            return Err(LabelsError::Emptied {
                path: self.path.clone(),
                rows,
            });
        }
        if snapshot.bytes == self.known.bytes {
            return Ok(self.document.clone());
        }
        Document::parse(&snapshot.bytes, self.classes)
            .map_err(|malformed| LabelsError::malformed(&self.path, malformed))
    }

    /// What a change sets out from: an emptied file does not take the rows with it that we still know.
    fn base_document(&self, snapshot: &Snapshot) -> Result<Document, LabelsError> {
        match self.parse(snapshot) {
            Err(LabelsError::Emptied { .. }) => Ok(self.document.clone()),
            result => result,
        }
    }
}
