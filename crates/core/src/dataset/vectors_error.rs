//! Why vectors are not read.

use std::path::{Path, PathBuf};

/// Why vectors could not be read: one line with the file, what was found, and what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}; {mend}", path.display())]
pub struct VectorsError {
    path: PathBuf,
    problem: String,
    mend: String,
}

impl VectorsError {
    pub(super) fn new(path: &Path, problem: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            problem: problem.into(),
            mend: mend.into(),
        }
    }

    /// The operating system refused.
    pub(super) fn unreadable(path: &Path, source: &std::io::Error) -> Self {
        Self::new(path, format!("cannot be read ({source})"), "check the file")
    }
}
