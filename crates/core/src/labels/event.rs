//! What the thread of the labels file tells of it.

use std::time::Duration;

use super::action::{Change, Step};
use super::journal::Journal;
use super::problem::Problem;
use super::values::Labels;

/// What happened to the labels file. Every requested change is answered by one `Saved` or `Failed`, in order.
#[derive(Clone, Debug)]
pub enum LabelEvent {
    /// The change is on the disk; `elapsed` since it was requested.
    Saved {
        /// As it was requested.
        change: Change,
        /// Time from the request to the disk.
        elapsed: Duration,
    },
    /// The change is not in the file, which says `current` for that serial. `message` names the cause and the mend.
    Failed {
        /// As it was requested.
        change: Change,
        /// The sample's label in the file.
        current: Option<u8>,
        /// For the user.
        message: String,
    },
    /// Another program changed the file (or mended it). Changes still pending are in `labels`.
    Reloaded {
        /// Of all samples, as they are now.
        labels: Labels,
        /// Rows that cannot be used.
        problems: Vec<Problem>,
    },
    /// The file cannot be used as it stands; labels stay as they were.
    Problem {
        /// For the user.
        message: String,
    },
    /// Another program has written the file. Where it did not know of labels of ours they were `restored`; where it did and
    /// `changed` them, its labels stand now.
    Merged {
        /// From its labels to ours.
        restored: Vec<Step>,
        /// From our labels to its.
        changed: Vec<Step>,
    },
    /// The file is gone, and so many labels with it, which [`LabelStore::write_back`](super::LabelStore::write_back) can put into a new one; 0 when it is
    /// back.
    Gone {
        /// How many.
        labels: usize,
    },
    /// Why the history cannot be written; `None` when it is written again.
    History {
        /// For the user.
        trouble: Option<String>,
    },
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
    /// Of all samples.
    pub labels: Labels,
    /// What the user has done to them so far.
    pub journal: Journal,
    /// What could not be used of the file and its history.
    pub troubles: Troubles,
}
