//! How the file is read, and replaced by itself with changes, while other programs write it too.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use super::Keeper;
use crate::labels::document::Document;
use crate::labels::file::{self, Replaced, Snapshot};
use crate::labels::late::{self, Found};
use crate::labels::recent::{Recent, STALE};
use crate::labels::{Change, LabelsError};

const SETTLE_STEP: Duration = Duration::from_millis(50);
/// A file that has not come to rest by then is taken as it is.
const SETTLE_PATIENCE: Duration = Duration::from_millis(1500);
/// How often a replacement starts over because the file changed meanwhile.
const ATTEMPTS: usize = 50;

impl Keeper {
    /// Replaces the file by itself with `changes`, the changes that a stale rewrite undid, and rows that came `late`. A change of
    /// other programs that comes to light on the way is told.
    pub(super) fn commit(&mut self, changes: &[Change], late: Option<&Found>) -> Result<(), LabelsError> {
        for _ in 0..ATTEMPTS {
            let base = self.settle()?;
            let mut document = self.base_document(&base)?;
            let undone = self.undone(&document, &base);
            let mut changed = base.bytes.is_empty() && document.len() > 0;
            for &(serial, label) in &undone {
                changed |= document.set(serial, label);
            }
            let mut recent = Vec::new();
            if let Some(Found { theirs, base, ours }) = late {
                let (merged, adopted) = document.adopt(theirs, base, |serial| ours.contains(&serial));
                changed |= merged;
                let now = |(serial, before)| Recent::now(serial, document.label(serial), before);
                recent.extend(adopted.into_iter().map(now));
            }
            for change in changes {
                let serial = change.serial.into();
                recent.push(Recent::now(serial, change.label, document.label(serial)));
                changed |= document.set(serial, change.label);
            }
            let mut ours = self.labels.clone();
            let told = self.problems.clone();
            if changed {
                let bytes = document.text().into_bytes();
                let Replaced::Done { identity, old } = file::replace(&self.path, &base, &bytes)? else {
                    continue;
                };
                self.recent.remade(&undone);
                self.recent.extend(recent);
                self.late.replaced(old, base.bytes, self.recent.serials());
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
            return Ok(());
        }
        Err(LabelsError::Busy {
            path: self.path.clone(),
        })
    }

    /// Reads the file, and waits for a program that seems to be in the middle of writing it.
    pub(super) fn settle(&self) -> Result<Snapshot, LabelsError> {
        let recent: HashSet<i64> = self.recent.serials().collect();
        let started = Instant::now();
        let mut snapshot = file::read(&self.path)?;
        let mut resting = Instant::now();
        loop {
            let old = snapshot
                .identity
                .and_then(|identity| identity.modified?.elapsed().ok());
            if snapshot.bytes == self.known.bytes || old.is_some_and(|age| age > STALE) {
                return Ok(snapshot);
            }
            let rest =
                late::rest_before_use(&snapshot.bytes, &self.document, |serial| recent.contains(&serial));
            if resting.elapsed() >= rest || started.elapsed() > SETTLE_PATIENCE {
                return Ok(snapshot);
            }
            thread::sleep(SETTLE_STEP);
            let next = file::read(&self.path)?;
            if next.identity != snapshot.identity || next.bytes != snapshot.bytes {
                resting = Instant::now();
            }
            snapshot = next;
        }
    }

    pub(super) fn undone(&self, document: &Document, snapshot: &Snapshot) -> Vec<(i64, Option<u8>)> {
        self.recent
            .undone((&self.document, &self.known), (document, snapshot))
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
        Document::parse(&snapshot.bytes).map_err(|malformed| LabelsError::malformed(&self.path, malformed))
    }

    /// What a change sets out from: an emptied file does not take the rows with it that we still know.
    fn base_document(&self, snapshot: &Snapshot) -> Result<Document, LabelsError> {
        match self.parse(snapshot) {
            Err(LabelsError::Emptied { .. }) => Ok(self.document.clone()),
            result => result,
        }
    }
}
