//! [`History`]: the file of what was done to the labels, beside them: `labels.csv` has `labels.history.jsonl`.
//!
//! It is only ever added to, by the thread that writes the labels: first the labels, then the lines that tell of them, and
//! both are on the disk before a label counts as saved. Two programs may share it; a lock over both files keeps a label and
//! its line together.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::file::wait_for_lock;
use super::journal::Journal;
use super::line::Line;
use crate::input;

/// Bytes of a history, as many as some ten million labels take.
const LARGEST: u64 = 1 << 30;

/// Undo and redo as earlier programs wrote them: of the action that was the last.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Positional {
    Undone,
    Redone,
}

/// Why the history is not kept on the disk.
#[derive(Debug, thiserror::Error)]
#[error("{}: the history of labels cannot be {act} ({source}); it is tried again with the next label, and undo works \
         until the program ends", path.display())]
pub struct HistoryError {
    path: PathBuf,
    act: &'static str,
    source: io::Error,
}

/// The file.
#[derive(Debug)]
pub(super) struct History {
    path: PathBuf,
    file: Option<File>,
    /// Bytes that have been read or written.
    known: u64,
    /// Lines that could not be written yet.
    waiting: Vec<Line>,
}

/// The lock over labels and history, for as long as it lives.
pub(super) struct Lock(Option<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(file) = &self.0 {
            // Closing the file would do, too; its other handles would keep it.
            let _ = file.unlock();
        }
    }
}

/// Where the history of a labels file lies.
pub(super) fn path(labels: &Path) -> PathBuf {
    crate::files::existing_beside(labels, "csv", ".history.jsonl")
}

/// What lines say; ones that mean nothing, the last one of a crash among them, are passed over.
fn parse(bytes: &[u8]) -> Vec<Line> {
    let mut journal = Journal::default();
    let mut lines = Vec::new();
    for (number, text) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        let line = serde_json::from_slice(text).ok();
        let Some(mut line) = line.or_else(|| positional(text, &journal)) else {
            continue;
        };
        if let Line::Done(action) = &mut line {
            action.number(number);
        }
        journal.follow(&line);
        lines.push(line);
    }
    lines
}

fn positional(text: &[u8], journal: &Journal) -> Option<Line> {
    let steps = Vec::new();
    match serde_json::from_slice(text).ok()? {
        Positional::Undone => {
            let id = journal.done().last()?.id().to_owned();
            Some(Line::Undone { id, steps })
        }
        Positional::Redone => {
            let id = journal.undone().last()?.id().to_owned();
            Some(Line::Redone { id, steps })
        }
    }
}

impl History {
    /// Opens the history of a labels file and reads its lines.
    pub fn open(labels: &Path) -> (Self, Vec<Line>, Option<HistoryError>) {
        let path = path(labels);
        let mut history = Self {
            path,
            file: None,
            known: 0,
            waiting: Vec::new(),
        };
        let read = history.reopen(false).and_then(|()| {
            let length = history.file.as_ref().map(File::metadata).transpose()?;
            if length.is_some_and(|file| file.len() > LARGEST) {
                return Err(io::Error::new(ErrorKind::FileTooLarge, "it has more than 1 GiB"));
            }
            history.read_new()
        });
        match read {
            Ok(bytes) => {
                let lines = parse(&bytes);
                // A file without a line of ours may be somebody else's.
                if !lines.is_empty() {
                    history.cut_torn_line();
                }
                (history, lines, None)
            }
            Err(source) => {
                let error = history.error("read", source);
                (history, Vec::new(), Some(error))
            }
        }
    }

    fn error(&self, act: &'static str, source: io::Error) -> HistoryError {
        HistoryError {
            path: self.path.clone(),
            act,
            source,
        }
    }

    /// Sees to it that the file under the path is the one that is open.
    fn reopen(&mut self, create: bool) -> io::Result<()> {
        let there = match input::open(&self.path) {
            Ok(file) => Some(file.metadata()?),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => None,
            Err(error) => return Err(error),
        };
        let opened = self.file.as_ref().map(File::metadata).transpose()?;
        if let (Some(there), Some(opened)) = (&there, &opened)
            && super::file::same_file(there, opened)
        {
            return Ok(());
        }
        let first = self.file.take().is_none();
        if there.is_none() && !create {
            return Ok(());
        }
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(create)
            .open(&self.path)?;
        // Of a file that was put in the place of ours only what is added from now on is new.
        self.known = if first { self.known } else { file.metadata()?.len() };
        self.file = Some(file);
        Ok(())
    }

    /// Takes off a line that a crash has cut off; nothing that was told as saved is in it.
    fn cut_torn_line(&mut self) {
        let lock = self.lock();
        if lock.0.is_none() {
            // Somebody may be writing it.
            return;
        }
        // What another program has added until now.
        let added = self.read_new().unwrap_or_default();
        self.known -= added.len() as u64;
        let whole = self.known + added.len() as u64;
        if let Some(file) = &self.file
            && file.metadata().is_ok_and(|file| file.len() > whole)
        {
            // Where it cannot be taken off the next line begins behind it.
            let _ = file.set_len(whole);
        }
    }

    /// Bytes that were added since the file was last looked at.
    fn read_new(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(self.known))?;
            file.read_to_end(&mut bytes)?;
            // A line that is not whole is read when it is.
            let whole = bytes
                .iter()
                .rposition(|&byte| byte == b'\n')
                .map_or(0, |at| at + 1);
            bytes.truncate(whole);
            self.known += whole as u64;
        }
        Ok(bytes)
    }

    /// Locks labels and history, where there is a history and the file system has locks.
    pub fn lock(&mut self) -> Lock {
        let file = self
            .reopen(false)
            .ok()
            .and_then(|()| self.file.as_ref()?.try_clone().ok());
        // The label does not wait for a program that hangs, nor for a file system without locks.
        Lock(file.filter(|file| wait_for_lock(file).is_ok()))
    }

    /// Lines that other programs have added.
    pub fn others(&mut self) -> Vec<Line> {
        let bytes = self.reopen(false).and_then(|()| self.read_new());
        // What cannot be read now is read the next time.
        parse(&bytes.unwrap_or_default())
    }

    /// Adds lines, durably, after those that could not be written before.
    ///
    /// # Errors
    /// If they cannot be written; they are kept and tried again with the next ones.
    pub fn append(&mut self, lines: Vec<Line>) -> Result<(), HistoryError> {
        self.waiting.extend(lines);
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.write().map_err(|source| self.error("written", source))
    }

    /// Whether lines wait to be written.
    pub fn waits(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn write(&mut self) -> io::Result<()> {
        let is_new = !self.path.exists();
        self.reopen(true)?;
        let Some(file) = &mut self.file else { return Ok(()) };
        let length = file.metadata()?.len();
        let mut bytes = Vec::new();
        if length > 0 {
            // A line that was cut off must not swallow the next one.
            let mut last = [0];
            file.seek(SeekFrom::Start(length - 1))?;
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                bytes.push(b'\n');
            }
        }
        for line in &self.waiting {
            serde_json::to_writer(&mut bytes, line)?;
            bytes.push(b'\n');
        }
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // A part of it that was written would be there twice after the next attempt.
            let _ = file.set_len(length);
            return Err(error);
        }
        self.known = length + bytes.len() as u64;
        self.waiting.clear();
        if is_new {
            crate::files::flush_folder(super::file::folder(&self.path))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
