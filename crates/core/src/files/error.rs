//! Why a file is not written.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file is not written; what stands there stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{}: is not {wanted}, and stays as it is; move it away or choose another name", path.display())]
    Foreign { path: PathBuf, wanted: &'static str },
    #[error("{}: is {found}, not a regular file; choose another name", path.display())]
    Special { path: PathBuf, found: &'static str },
    #[error("{}: cannot be written ({source}); choose another place or make room", path.display())]
    Io { path: PathBuf, source: io::Error },
}

impl FileError {
    /// An error of the system's while this file was written.
    pub fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
