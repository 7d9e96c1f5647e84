//! [`Journal`]: what the user has labelled, action by action, so that it can be undone and redone, over restarts too.
//!
//! It lies beside the labels file, a JSON object per line: an action that was done, or that the last one was undone or
//! redone. The labels file alone is the truth: an entry whose sample has another label by now is passed over.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Change, Labels};
use crate::input;

/// Bytes of a history, as many as some ten million labels take.
const LARGEST: u64 = 1 << 30;

/// A sample and its label before and after: the same label twice where the user has said that it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub serial: u32,
    pub before: Option<u8>,
    pub after: Option<u8>,
}

/// What one key or button did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    pub steps: Vec<Step>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Done(Action),
    Undone,
    Redone,
}

/// What became of an undo or a redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    pub action: Action,
    /// What has to be asked of the labels file; samples that somebody else has changed since are left out.
    pub changes: Vec<Change>,
}

/// Why the journal is not kept on the disk.
#[derive(Debug, thiserror::Error)]
#[error("{}: the history of labels cannot be {act} ({source}); undo works until the program ends", path.display())]
pub struct JournalError {
    path: PathBuf,
    act: &'static str,
    source: std::io::Error,
}

/// The history. Without a file it is kept until the program ends.
#[derive(Debug, Default)]
pub struct Journal {
    done: Vec<Action>,
    undone: Vec<Action>,
    /// Where it lies; `None` where it cannot be kept.
    path: Option<PathBuf>,
    /// Opened with the first action that is written.
    file: Option<File>,
    /// Whether its last line was cut off.
    torn: bool,
}

impl Journal {
    /// Where the history of a labels file lies: `labels.csv` has `labels.history.jsonl`.
    pub fn path(labels: &Path) -> PathBuf {
        labels.with_extension("history.jsonl")
    }

    /// Reads the history of a labels file. Lines that mean nothing are passed over; a file that cannot be used leaves an
    /// empty history and the error.
    pub fn open(labels: &Path) -> (Self, Option<JournalError>) {
        let path = Self::path(labels);
        let mut journal = Self::default();
        let bytes = match input::read(&path, LARGEST) {
            Ok(bytes) => bytes,
            Err(source) if source.kind() == ErrorKind::NotFound => Vec::new(),
            Err(source) => {
                let act = "read";
                return (journal, Some(JournalError { path, act, source }));
            }
        };
        for line in bytes.split(|&byte| byte == b'\n') {
            if let Ok(line) = serde_json::from_slice(line) {
                journal.follow(line);
            }
        }
        journal.torn = bytes.last().is_some_and(|&last| last != b'\n');
        journal.path = Some(path);
        (journal, None)
    }

    fn follow(&mut self, line: Line) {
        match line {
            Line::Done(action) => {
                self.done.push(action);
                self.undone.clear();
            }
            Line::Undone => self.undone.extend(self.done.pop()),
            Line::Redone => self.done.extend(self.undone.pop()),
        }
    }

    fn write(&mut self, line: Line) -> Result<(), JournalError> {
        let written = self.append(&line);
        self.follow(line);
        written.map_err(|source| JournalError {
            path: self.path.take().unwrap_or_default(),
            act: "written",
            source,
        })
    }

    fn append(&mut self, line: &Line) -> std::io::Result<()> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let file = OpenOptions::new().append(true).create(true).open(path)?;
                self.file.insert(file)
            }
        };
        let mut bytes = Vec::new();
        if std::mem::take(&mut self.torn) {
            // The line that was cut off must not swallow this one.
            bytes.push(b'\n');
        }
        serde_json::to_writer(&mut bytes, line)?;
        bytes.push(b'\n');
        file.write_all(&bytes)
    }

    /// Notes an action. What was undone before can be redone no more.
    ///
    /// # Errors
    /// If it cannot be written; it can be undone all the same.
    pub fn record(&mut self, action: Action) -> Result<(), JournalError> {
        self.write(Line::Done(action))
    }

    /// Takes the last action back that still has an effect on `labels`; `None` if there is none.
    ///
    /// # Errors
    /// If it cannot be written; the reversal holds all the same.
    pub fn undo(&mut self, labels: &Labels) -> (Option<Reversal>, Result<(), JournalError>) {
        self.walk(labels, Turn::Back)
    }

    /// Does the action again that was undone last.
    ///
    /// # Errors
    /// As of [`undo`](Self::undo).
    pub fn redo(&mut self, labels: &Labels) -> (Option<Reversal>, Result<(), JournalError>) {
        self.walk(labels, Turn::Forth)
    }

    /// Passes over actions until one has an effect.
    fn walk(&mut self, labels: &Labels, turn: Turn) -> (Option<Reversal>, Result<(), JournalError>) {
        let mut outcome = Ok(());
        loop {
            let (actions, line) = match turn {
                Turn::Back => (&self.done, Line::Undone),
                Turn::Forth => (&self.undone, Line::Redone),
            };
            let Some(action) = actions.last().cloned() else {
                return (None, outcome);
            };
            outcome = outcome.and(self.write(line));
            let changes = changes(&action, labels, turn);
            if !changes.is_empty() {
                return (Some(Reversal { action, changes }), outcome);
            }
        }
    }

    /// The labelled samples whose label the user has said is right, with that label.
    pub fn kept(&self) -> impl Iterator<Item = (u32, u8)> {
        let steps = self.done.iter().flat_map(|action| &action.steps);
        let kept = steps.filter(|step| step.before == step.after);
        kept.filter_map(|step| Some((step.serial, step.after?)))
    }

    /// What can be undone, the oldest first.
    pub fn done(&self) -> &[Action] {
        &self.done
    }

    /// Whether there is anything to redo.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }
}

/// Which way an action is gone through.
#[derive(Clone, Copy)]
enum Turn {
    Back,
    Forth,
}

/// The steps whose sample has the label at which `turn` begins, towards the one at which it ends.
fn changes(action: &Action, labels: &Labels, turn: Turn) -> Vec<Change> {
    let steps = action.steps.iter().filter_map(|step| {
        let (now, then) = match turn {
            Turn::Back => (step.after, step.before),
            Turn::Forth => (step.before, step.after),
        };
        (labels.get(step.serial) == now).then_some(Change {
            serial: step.serial,
            label: then,
        })
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Labels as they are, and an action that gives these samples a label.
    fn give(labels: &mut Labels, serials: &[u32], label: Option<u8>) -> Action {
        let steps = serials.iter().map(|&serial| Step {
            serial,
            before: labels.set(serial, label),
            after: label,
        });
        Action {
            steps: steps.collect(),
        }
    }

    fn undo(labels: &mut Labels, journal: &mut Journal) -> usize {
        apply(labels, journal.undo(labels).0)
    }

    fn redo(labels: &mut Labels, journal: &mut Journal) -> usize {
        apply(labels, journal.redo(labels).0)
    }

    fn apply(labels: &mut Labels, reversal: Option<Reversal>) -> usize {
        let changes = reversal.map(|reversal| reversal.changes).unwrap_or_default();
        for change in &changes {
            labels.set(change.serial, change.label);
        }
        changes.len()
    }

    #[test]
    fn actions_are_undone_and_redone_one_by_one_over_restarts_too() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        let mut labels = Labels::new(9);
        let (mut journal, error) = Journal::open(&path);
        assert!(error.is_none());
        for (serials, label) in [(vec![1], Some(4)), (vec![1, 2, 3], Some(7)), (vec![2], None)] {
            let action = give(&mut labels, &serials, label);
            journal.record(action).unwrap();
        }
        let end = labels.clone();
        let restart = || Journal::open(&path).0;
        let mut journal = restart();
        assert_eq!(journal.done().len(), 3);
        for expected in [1, 3, 1, 0] {
            assert_eq!(undo(&mut labels, &mut journal), expected);
            journal = restart();
        }
        assert_eq!(labels, Labels::new(9));
        for expected in [1, 3, 1, 0] {
            assert_eq!(redo(&mut labels, &mut journal), expected);
            journal = restart();
        }
        assert_eq!(labels, end);
    }

    #[test]
    fn what_others_changed_since_is_left_alone() {
        let mut labels = Labels::new(9);
        let mut journal = Journal::default();
        let first = give(&mut labels, &[5], Some(1));
        let second = give(&mut labels, &[1, 2], Some(3));
        journal.record(first).unwrap();
        journal.record(second).unwrap();
        labels.set(1, Some(9));
        assert_eq!(undo(&mut labels, &mut journal), 1);
        assert_eq!((labels.get(1), labels.get(2)), (Some(9), None));
        labels.set(5, None);
        assert_eq!(
            journal.undo(&labels).0,
            None,
            "an action without any effect is passed over"
        );
    }

    #[test]
    fn a_new_action_ends_what_could_be_redone() {
        let mut labels = Labels::new(9);
        let mut journal = Journal::default();
        let action = give(&mut labels, &[5], Some(1));
        journal.record(action).unwrap();
        undo(&mut labels, &mut journal);
        assert!(journal.can_redo());
        let action = give(&mut labels, &[6], Some(1));
        journal.record(action).unwrap();
        assert!(!journal.can_redo());
        assert_eq!(journal.redo(&labels).0, None);
    }

    #[test]
    fn a_torn_line_costs_itself_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        let mut labels = Labels::new(9);
        let action = give(&mut labels, &[5], Some(1));
        Journal::open(&path).0.record(action.clone()).unwrap();
        let file = Journal::path(&path);
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str(r#"{"done":{"steps":[{"ser"#);
        std::fs::write(&file, text).unwrap();
        let mut journal = Journal::open(&path).0;
        journal.record(give(&mut labels, &[6], Some(2))).unwrap();
        assert_eq!(Journal::open(&path).0.done().len(), 2);
    }

    #[test]
    fn without_a_folder_it_lasts_until_the_end() {
        let (mut journal, error) = Journal::open(Path::new("/nowhere/at/all/labels.csv"));
        assert!(error.is_none());
        let mut labels = Labels::new(9);
        let action = give(&mut labels, &[5], Some(1));
        let error = journal.record(action).unwrap_err();
        assert!(error.to_string().contains("labels.history.jsonl"));
        assert!(journal.undo(&labels).0.is_some());
    }
}
