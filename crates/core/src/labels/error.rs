//! What can go wrong with a labels file; each message names the file and the mend.

use std::io;
use std::path::{Path, PathBuf};

use super::document::Malformed;
use crate::files::FileError;

/// Why a labels file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LabelsError {
    #[error("{}: no such file; label some samples first or name another file", path.display())]
    Missing { path: PathBuf },
    #[error("{}: no such folder for {}; create it", folder.display(), path.display())]
    NoFolder { folder: PathBuf, path: PathBuf },
    #[error("{}: not a regular file; move it out of the way", path.display())]
    NotAFile { path: PathBuf },
    #[error("{}: has more than {most} bytes; it is no labels file, move it out of the way", path.display())]
    TooLarge { path: PathBuf, most: u64 },
    #[error("{}: cannot be read ({source}); check the file and its permissions", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{}, line {line}: {what}; correct it; until then the file is left as it is", path.display())]
    Malformed {
        path: PathBuf,
        line: usize,
        what: String,
    },
    #[error(
        "{}: is empty, though it held {rows} rows a moment ago, and another program may have failed while writing it; \
         the next label change writes them back (to start without labels, delete the file)", path.display())]
    Emptied { path: PathBuf, rows: usize },
    #[error("{}: cannot be written ({source}); check its permissions, its folder's and the free space", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error(
        "{}: is gone, and its folder lies on another disk than before; mount the one that holds the labels", path.display())]
    Unmounted { path: PathBuf },
    #[error("{}: another program holds it locked; close that program and try again", path.display())]
    Locked { path: PathBuf },
    #[error("{}: other programs keep changing it; try again when they are done", path.display())]
    Busy { path: PathBuf },
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
