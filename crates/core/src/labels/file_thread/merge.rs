//! What another program made of the file, or that the file is gone.

use super::FileThread;
use crate::labels::document::Document;
use crate::labels::error::LabelsError;
use crate::labels::event::LabelEvent;
use crate::labels::file::{self, Snapshot};
use crate::labels::line::Line;
use crate::labels::originals::Originals;
use crate::labels::orphaned_writers::Found;
use crate::labels::versions::Merge;

impl FileThread {
    /// Compares the file with what is known of it.
    pub(super) fn compare(&mut self) -> Result<(), LabelsError> {
        let snapshot = file::read(&self.path)?;
        if snapshot.identity.is_none() && (self.known.identity.is_some() || !self.merged) {
            self.miss();
            return Ok(());
        }
        let document = self.parse(&snapshot)?;
        if self.trouble.is_none() && self.merged && snapshot.bytes == self.known.bytes {
            self.known = snapshot;
        } else if !self.merge(&document, &snapshot).restored.is_empty() {
            return self.commit(&[], Vec::new(), None);
        } else {
            let before = (self.labels.clone(), self.problems.clone());
            let back = self.lost.is_some();
            self.know(document, snapshot);
            self.tell_reload(&before.0, &before.1);
            self.accept(true);
            if back {
                self.find();
            }
        }
        Ok(())
    }

    /// What becomes of our labels in a text of another program. A text that we know has been merged, and in a file that is
    /// not there nothing is put back: the user is asked.
    pub(super) fn merge(&self, document: &Document, snapshot: &Snapshot) -> Merge {
        let known = self.merged && snapshot.bytes == self.known.bytes;
        if known || snapshot.identity.is_none() {
            return Merge::default();
        }
        self.versions.merge(|serial| document.label(serial.into()))
    }

    /// Takes the labels of others for what the file should say from now on, and where that is to be `told` says which of ours
    /// they changed.
    pub(super) fn accept(&mut self, told: bool) {
        let steps = self
            .versions
            .differences(|serial| self.document.label(serial.into()));
        self.merged = true;
        if steps.is_empty() {
            return;
        }
        self.note(vec![Line::Seen { steps: steps.clone() }]);
        if told {
            self.shared.send(LabelEvent::Merged {
                restored: Vec::new(),
                changed: steps,
            });
        }
    }

    /// The file is gone: its labels are kept, in case that they are wanted back.
    fn miss(&mut self) {
        let mut lost = self.document.clone();
        for step in self.versions.differences(|serial| lost.label(serial.into())) {
            lost.set(step.serial.into(), step.before, &self.originals);
        }
        let before = (self.labels.clone(), self.problems.clone());
        self.know(Document::empty(self.classes), Snapshot::default());
        self.merged = true;
        self.tell_reload(&before.0, &before.1);
        let labels = lost.labels(self.n).labelled();
        if labels > 0 {
            self.lost = Some(lost);
            self.shared.send(LabelEvent::Gone { labels });
        }
    }

    /// Whether the labels that went with the file are back with it.
    pub(super) fn find(&mut self) {
        let Some(lost) = &self.lost else { return };
        let back = lost
            .serials()
            .all(|serial| lost.label(serial).is_none() || self.document.label(serial).is_some());
        if back {
            self.lost = None;
            self.shared.send(LabelEvent::Gone { labels: 0 });
        }
    }

    /// Puts the rows that went with the file into the one that is there now, or into a new one. What that one says of a
    /// sample holds.
    pub(super) fn write_back(&mut self) {
        let Some(lost) = self.lost.clone() else { return };
        let found = Found {
            theirs: lost,
            base: Document::empty(self.classes),
            ours: self.document.serials().collect(),
            wanted: true,
        };
        match self.locked(|keeper| keeper.commit(&[], Vec::new(), Some(&found))) {
            Ok(()) => self.find(),
            Err(error) => self.report(error.to_string()),
        }
    }
}

/// Puts our labels back into a text that did not know of them. Returns whether that changed it.
pub(super) fn restore(document: &mut Document, merge: &Merge, originals: &Originals) -> bool {
    let mut changed = false;
    for step in &merge.restored {
        changed |= document.set(step.serial.into(), step.after, originals);
    }
    changed
}
