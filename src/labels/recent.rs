//! What we saved a moment ago, to tell a stale rewrite from a decision.
//!
//! A program that read labels.csv before our change and rewrites it in place just after undoes the change without
//! having known of it. Such changes are made again.

use std::time::{Duration, SystemTime};

use super::Change;
use super::document::Document;
use super::file::Snapshot;

/// Reading, changing and rewriting the file takes other programs less than this.
pub(super) const STALE: Duration = Duration::from_secs(2);
/// A rewrite may come to light a little after it was made.
const REMEMBERED: Duration = Duration::from_secs(6);

#[derive(Default)]
pub(super) struct RecentChanges(Vec<Recent>);

pub(super) struct Recent {
    pub change: Change,
    /// What the file said before.
    pub before: Option<u8>,
    pub at: SystemTime,
}

impl RecentChanges {
    pub fn extend(&mut self, recent: Vec<Recent>) {
        self.0
            .retain(|recent| recent.at.elapsed().map_or(true, |age| age < REMEMBERED));
        self.0.extend(recent);
    }

    pub fn serials(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|recent| recent.change.serial.into())
    }

    /// The changes that `theirs` undid, if it is the file that we wrote last, rewritten in place soon after, and
    /// lacks nothing else that was in `known`.
    pub fn undone(&self, known: (&Document, &Snapshot), theirs: (&Document, &Snapshot)) -> Vec<Change> {
        let Some(identity) = theirs.1.identity else {
            return Vec::new();
        };
        if theirs.1.bytes == known.1.bytes || theirs.1.inode() != known.1.inode() {
            return Vec::new();
        }
        let written = identity.modified.unwrap_or_else(SystemTime::now);
        let mut undone = Vec::new();
        for (at, recent) in self.0.iter().enumerate() {
            let Change { serial, label } = recent.change;
            let of_serial = |other: &&Recent| other.change.serial == serial;
            let now = theirs.0.label(serial.into());
            let last = !self.0[at + 1..].iter().any(|other| of_serial(&other));
            let soon = written.duration_since(recent.at).map_or(true, |age| age < STALE);
            if last
                && soon
                && now != label
                && self.0.iter().filter(of_serial).any(|other| other.before == now)
            {
                undone.push(recent.change);
            }
        }
        let remade = |serial| undone.iter().any(|change| i64::from(change.serial) == serial);
        if known
            .0
            .serials()
            .all(|serial| theirs.0.has(serial) || remade(serial))
        {
            undone
        } else {
            Vec::new()
        }
    }
}
