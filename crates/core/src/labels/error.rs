//! What can go wrong with a labels file; each message names the file and the mend.

use std::io;
use std::path::{Path, PathBuf};

use super::document::Malformed;
use crate::files::FileError;

/// Why a labels file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    /// There is no file, and labels are needed.
    #[error("{}: no such file; label some samples first or name another file", path.display())]
    Missing {
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
    /// There is no folder that the file could lie in.
    #[error("{}: no such folder for {}; create it", folder.display(), path.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
    /// A folder, a device, a named pipe or the like.
    #[error("{}: not a regular file; move it out of the way", path.display())]
    NotAFile {
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
    /// Far larger than labels can be.
    #[error("{}: has more than {most} bytes; it is no labels file, move it out of the way", path.display())]
    TooLarge {
        /// The labels file, or one of those beside it.
        path: PathBuf,
        /// Bytes that are read at most.
        most: u64,
    },
    /// The file is there and cannot be read.
    #[error("{}: cannot be read ({source}); check the file and its permissions", path.display())]
    Read {
        /// The labels file, or one of those beside it.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The header or the quotes cannot be understood, so that no row can be changed safely.
    #[error("{}, line {line}: {what}; correct it; until then the file is left as it is", path.display())]
    Malformed {
        /// The labels file, or one of those beside it.
        path: PathBuf,
        /// 1-based.
        line: usize,
        /// The fault, without file and line.
        what: String,
    },
    /// Another program has left an empty file behind.
    #[error(
        "{}: is empty, though it held {rows} rows a moment ago, and another program may have failed while writing it; \
         the next label change writes them back (to start without labels, delete the file)", path.display())]
    Emptied {
        /// The labels file, or one of those beside it.
        path: PathBuf,
        /// Rows that it held before.
        rows: usize,
    },
    /// The changed text is not on the disk; the old one is.
    #[error("{}: cannot be written ({source}); check its permissions, its folder's and the free space", path.display())]
    Write {
        /// The labels file, or one of those beside it.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The disk that held the file is gone, and its mount point would take a new file in its place.
    #[error(
        "{}: is gone, and its folder lies on another disk than before; mount the one that holds the labels", path.display())]
    Unmounted {
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
    /// Another program holds an exclusive lock.
    #[error("{}: another program holds it locked; close that program and try again", path.display())]
    Locked {
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
    /// Each attempt to replace the file met a change by another program.
    #[error("{}: other programs keep changing it; try again when they are done", path.display())]
    Busy {
        /// The labels file, or one of those beside it.
        path: PathBuf,
    },
}

impl LabelsError {
    pub(super) fn malformed(path: &Path, malformed: Malformed) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            line: malformed.line,
            what: malformed.what,
        }
    }

    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read {
            path: path.to_owned(),
            source,
        }
    }

    pub(super) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }
}

impl From<FileError> for LabelsError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io { path, source } => Self::Write { path, source },
            FileError::Special { path, .. } | FileError::Foreign { path, .. } => Self::NotAFile { path },
        }
    }
}
