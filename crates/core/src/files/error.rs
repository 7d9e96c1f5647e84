//! Why a file is not written.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file is not written; what stands there stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// A file of another kind stands there.
    #[error("{}: is not {wanted}, and stays as it is; move it away or choose another name", path.display())]
    Foreign {
        /// The file as it was named.
        path: PathBuf,
        /// [`Kind::what`](super::Kind::what) of the kind that was to be written.
        wanted: &'static str,
    },
    /// A folder, a device or the like stands there.
    #[error("{}: is {found}, not a regular file; choose another name", path.display())]
    Special {
        /// The file as it was named.
        path: PathBuf,
        /// What stands there, with its article.
        found: &'static str,
    },
    /// The operating system refused.
    #[error("{}: cannot be written ({source}); choose another place or make room", path.display())]
    Io {
        /// The file as it was named.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
}

impl FileError {
    /// Makes what the operating system answered an error of this file.
    pub fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}
