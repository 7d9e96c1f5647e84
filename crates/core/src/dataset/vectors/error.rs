//! Why vectors are not read.

use std::path::{Path, PathBuf};

use crate::dataset::error::DatasetError;

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

impl From<DatasetError> for VectorsError {
    fn from(error: DatasetError) -> Self {
        match error {
            DatasetError::Read { path, source } => Self::unreadable(&path, &source),
            DatasetError::Broken { path, problem } => Self::new(&path, problem, "save the vectors again"),
            DatasetError::Unfit { path, problem, mend } => Self::new(&path, problem, mend),
            DatasetError::NoFolder { dir } => Self::new(&dir, "no such folder", "choose another"),
            DatasetError::NoFile { dir, .. } => Self::new(&dir, "holds no vectors", "choose another folder"),
        }
    }
}
