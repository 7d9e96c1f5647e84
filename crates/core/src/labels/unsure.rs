//! [`UnsureMarks`]: the samples of which the user is not sure. They lie beside the labels file, never in it: other programs
//! read that one.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::LabelsError;
use super::file::{self, Replaced};
use crate::files::existing_beside;
use crate::printable::excerpt;

/// The only column.
const HEADER: &str = "Serial";

/// The marked samples of a labels file.
#[derive(Clone, Debug, Default)]
pub struct UnsureMarks {
    serials: BTreeSet<u32>,
    path: PathBuf,
}

/// How often a replacement starts over because another program changed the file meanwhile.
const ATTEMPTS: usize = 5;

/// Why the marks are not kept on the disk.
#[derive(Debug, thiserror::Error)]
pub enum UnsureError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] LabelsError),
    /// A line is no serial; nothing of the file is used.
    #[error("{}, line {line}: \"{text}\" is not the index of a sample; correct or delete the line", path.display())]
    Line {
        /// The file of the marks.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// The line, shortened.
        text: String,
    },
}

impl UnsureMarks {
    /// Where the marks of a labels file lie: `labels.csv` has `labels.unsure.csv`.
    pub(crate) fn path(labels: &Path) -> PathBuf {
        existing_beside(labels, "csv", ".unsure.csv")
    }

    /// Reads the marks of a labels file: `Serial`, then one serial per line. A missing file means none.
    ///
    /// # Errors
    /// A file that cannot be read, or a line that is no serial.
    pub fn open(labels: &Path) -> Result<Self, UnsureError> {
        let path = Self::path(labels);
        let bytes = match file::read(&path) {
            Ok(snapshot) => snapshot.bytes,
            Err(LabelsError::NoFolder { .. }) => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut serials = BTreeSet::new();
        for (line, text) in (1..).zip(text.lines()) {
            let text = text.trim();
            if text.is_empty() || text == HEADER {
                continue;
            }
            match text.parse() {
                Ok(serial) => serials.insert(serial),
                Err(_) => {
                    let text = excerpt(text);
                    return Err(UnsureError::Line { path, line, text });
                }
            };
        }
        Ok(Self { serials, path })
    }

    /// The marked samples, by rising serial.
    pub fn serials(&self) -> impl Iterator<Item = u32> {
        self.serials.iter().copied()
    }

    /// Whether a sample is marked.
    pub fn contains(&self, serial: u32) -> bool {
        self.serials.contains(&serial)
    }

    /// Marks samples, or where all of them are marked takes the marks off. Returns whether they are marked now.
    pub fn toggle(&mut self, serials: &[u32]) -> bool {
        let mark = !serials.iter().all(|&serial| self.contains(serial));
        for serial in serials {
            if mark {
                self.serials.insert(*serial);
            } else {
                self.serials.remove(serial);
            }
        }
        mark
    }

    /// Puts the marks on the disk, in place of those that were there, durably.
    ///
    /// # Errors
    /// If the file cannot be written; the one before stays.
    pub fn save(&self) -> Result<(), UnsureError> {
        let mut text = format!("{HEADER}\n");
        for serial in &self.serials {
            text += &format!("{serial}\n");
        }
        for _ in 0..ATTEMPTS {
            let base = file::read(&self.path)?;
            if let Replaced::Done { .. } = file::replace(&self.path, &base, text.as_bytes())? {
                return Ok(());
            }
        }
        let path = self.path.clone();
        Err(LabelsError::Busy { path }.into())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn marks_come_back_and_lie_beside_the_labels() {
        let dir = tempfile::tempdir().unwrap();
        let labels = dir.path().join("labels.csv");
        let mut marks = UnsureMarks::open(&labels).unwrap();
        assert!(marks.toggle(&[7, 3]));
        marks.save().unwrap();
        let text = fs::read_to_string(dir.path().join("labels.unsure.csv")).unwrap();
        assert_eq!(text, "Serial\n3\n7\n");
        assert!(!labels.exists());
        let mut marks = UnsureMarks::open(&labels).unwrap();
        assert!(marks.toggle(&[3, 4]), "one of them was not marked");
        assert!(!marks.toggle(&[3, 4]));
        assert_eq!(marks.serials().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn a_line_that_is_no_serial_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let labels = dir.path().join("labels.csv");
        fs::write(UnsureMarks::path(&labels), "Serial\n5\nfive\n").unwrap();
        let error = UnsureMarks::open(&labels).unwrap_err().to_string();
        assert!(error.contains("labels.unsure.csv, line 3: \"five\""), "{error}");
    }
}
