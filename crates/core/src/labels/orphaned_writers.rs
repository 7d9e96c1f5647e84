//! Rows that other programs write into a file after we have replaced it.
//!
//! A program that opened labels.csv just before our rename goes on writing into the old file, which no longer has a
//! name. Its handle is kept for a while, and what appears in it is merged.

use std::collections::HashSet;
use std::fs::File;
use std::thread;
use std::time::{Duration, Instant};

use super::document::Document;
use super::file::{Identity, identity_of, read_open};
use crate::classes::ClassCount;

/// When replaced files are looked at again, after the replacement.
const LOOKS: [Duration; 6] = [
    Duration::from_millis(20),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_millis(1500),
    Duration::from_secs(4),
    Duration::from_secs(10),
];
/// Between looks at one that is being written.
const STEP: Duration = Duration::from_millis(50);
/// How long the content must rest before it counts as whole, where nothing in it speaks against that, and where its last
/// line is open.
const REST: Duration = Duration::from_millis(250);
const REST_OPEN: Duration = Duration::from_secs(2);
/// When the program closes, a writer that takes longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Handles kept at a time.
const KEPT: usize = 256;

pub(super) struct OrphanedWriters {
    files: Vec<Old>,
    /// That a label may be of.
    classes: ClassCount,
}

struct Old {
    file: File,
    /// What it held when we replaced it.
    base: Vec<u8>,
    /// Its state when it was last read.
    identity: Option<Identity>,
    /// What others made of it and is merged already.
    merged: Option<Vec<u8>>,
    /// Serials that we changed since: our label wins.
    ours: HashSet<i64>,
    replaced: Instant,
    looks: usize,
    writing: Option<Writing>,
}

/// Content that may not be whole yet.
struct Writing {
    bytes: Vec<u8>,
    rests_since: Instant,
    seen: Instant,
}

/// Another program's version of a file, and the text that it set out from.
pub(super) struct Found {
    pub theirs: Document,
    pub base: Document,
    /// Serials that are left as they are.
    pub ours: HashSet<i64>,
    /// The user has asked for what it says, also where it said so before.
    pub wanted: bool,
}

impl OrphanedWriters {
    /// Keeps nothing yet.
    pub fn new(classes: ClassCount) -> Self {
        Self {
            files: Vec::new(),
            classes,
        }
    }

    /// Keeps the handle of a file that was replaced by our changes to `ours`.
    pub fn replaced(&mut self, old: Option<File>, base: Vec<u8>, ours: impl Iterator<Item = i64>) {
        let ours: HashSet<i64> = ours.collect();
        for file in &mut self.files {
            file.ours.extend(&ours);
        }
        if self.files.len() == KEPT {
            // The oldest into which nobody writes.
            let at = self.files.iter().position(|file| file.writing.is_none());
            self.files.remove(at.unwrap_or(0));
        }
        let replaced = Instant::now();
        self.files.extend(old.map(|file| Old {
            file,
            base,
            // It has another time now than when it was read, and may have been written in between.
            identity: None,
            merged: None,
            ours,
            replaced,
            looks: 0,
            writing: None,
        }));
    }

    /// When to look next.
    pub fn due(&self) -> Option<Instant> {
        self.files.iter().map(Old::due).min()
    }

    /// Looks at the files that are due; when `closing` at all of them, and then waits for those being written.
    pub fn look(&mut self, closing: bool) -> Vec<Found> {
        let mut found = Vec::new();
        let classes = self.classes;
        let begun = Instant::now();
        loop {
            let now = Instant::now();
            for file in &mut self.files {
                if closing || file.due() <= now {
                    found.extend(file.look(now, classes));
                }
            }
            self.files.retain(|file| file.looks < LOOKS.len());
            let written = self.files.iter().any(|file| file.writing.is_some());
            if !closing || !written || begun.elapsed() > PATIENCE {
                return found;
            }
            thread::sleep(STEP);
        }
    }
}

impl Old {
    fn due(&self) -> Instant {
        match &self.writing {
            Some(writing) => writing.seen + STEP,
            None => self.replaced + LOOKS.get(self.looks).copied().unwrap_or_default(),
        }
    }

    fn look(&mut self, now: Instant, classes: ClassCount) -> Option<Found> {
        let identity = self.file.metadata().ok().map(|metadata| identity_of(&metadata));
        if self.writing.is_none() && identity.is_some() && identity == self.identity {
            self.looks += 1;
            return None;
        }
        let Ok(snapshot) = read_open(&mut self.file) else {
            self.looks = LOOKS.len();
            return None;
        };
        self.identity = snapshot.identity;
        let bytes = snapshot.bytes;
        if bytes == self.base || self.merged.as_ref() == Some(&bytes) {
            self.writing = None;
            self.looks += 1;
            return None;
        }
        let rests_since = match self.writing.take() {
            Some(writing) if writing.bytes == bytes => writing.rests_since,
            _ => now,
        };
        let rest = if bytes.ends_with(b"\n") { REST } else { REST_OPEN };
        if now.duration_since(rests_since) < rest {
            self.writing = Some(Writing {
                bytes,
                rests_since,
                seen: now,
            });
            return None;
        }
        self.looks += 1;
        let theirs = Document::parse(&bytes, classes).ok();
        self.merged = Some(bytes);
        Some(Found {
            theirs: theirs?,
            base: Document::parse(&self.base, classes).ok()?,
            ours: self.ours.clone(),
            wanted: false,
        })
    }
}
