//! What we changed in the file a moment ago, to tell a stale rewrite from a decision.
//!
//! A program that read labels.csv before our change and rewrites it in place just after undoes the change without
//! having known of it. Such changes are made again.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, SystemTime};

use super::document::Document;
use super::file::Snapshot;

/// Reading, changing and rewriting the file takes other programs less than this.
pub(super) const STALE: Duration = Duration::from_secs(2);
/// A program that goes on undoing a change means it.
const PATIENCE: usize = 20;
/// A rewrite may come to light a little after it was made.
const REMEMBERED: Duration = Duration::from_secs(6);

#[derive(Default)]
pub(super) struct RecentChanges(Vec<Recent>);

pub(super) struct Recent {
    serial: i64,
    label: Option<u8>,
    /// What the file said before.
    before: Option<u8>,
    at: SystemTime,
    /// How often it was made again.
    remade: usize,
}

impl Recent {
    /// A change that is being made now.
    pub fn now(serial: i64, label: Option<u8>, before: Option<u8>) -> Self {
        Self {
            serial,
            label,
            before,
            at: SystemTime::now(),
            remade: 0,
        }
    }
}

impl RecentChanges {
    pub fn extend(&mut self, recent: Vec<Recent>) {
        self.0
            .retain(|recent| recent.at.elapsed().map_or(true, |age| age < REMEMBERED));
        self.0.extend(recent);
    }

    /// Notes that changes were made again: a program that rewrites the file in a loop may have read it before that.
    pub fn remade(&mut self, changes: &[(i64, Option<u8>)]) {
        let changes: HashSet<&(i64, Option<u8>)> = changes.iter().collect();
        for recent in &mut self.0 {
            if changes.contains(&(recent.serial, recent.label)) {
                recent.at = SystemTime::now();
                recent.remade += 1;
            }
        }
    }

    pub fn serials(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|recent| recent.serial)
    }

    /// The changes that `theirs` undid, if it is the file that we wrote last, rewritten in place soon after, and
    /// lacks nothing else that was in `known`.
    pub fn undone(
        &self,
        known: (&Document, &Snapshot),
        theirs: (&Document, &Snapshot),
    ) -> Vec<(i64, Option<u8>)> {
        let Some(identity) = theirs.1.identity else {
            return Vec::new();
        };
        if theirs.1.bytes == known.1.bytes || theirs.1.inode() != known.1.inode() {
            return Vec::new();
        }
        let written = identity.modified.unwrap_or_else(SystemTime::now);
        // The last change of each serial, and what the file said before any of them.
        let mut last: HashMap<i64, &Recent> = HashMap::new();
        let mut before: HashSet<(i64, Option<u8>)> = HashSet::new();
        for recent in &self.0 {
            last.insert(recent.serial, recent);
            before.insert((recent.serial, recent.before));
        }
        let undone: HashMap<i64, Option<u8>> = last
            .into_iter()
            .filter(|&(serial, recent)| {
                let now = theirs.0.label(serial);
                let soon = written.duration_since(recent.at).map_or(true, |age| age < STALE);
                recent.remade < PATIENCE && soon && now != recent.label && before.contains(&(serial, now))
            })
            .map(|(serial, recent)| (serial, recent.label))
            .collect();
        let lacks_nothing_else = known
            .0
            .serials()
            .all(|serial| theirs.0.has(serial) || undone.contains_key(&serial));
        if lacks_nothing_else {
            undone.into_iter().collect()
        } else {
            Vec::new()
        }
    }
}
