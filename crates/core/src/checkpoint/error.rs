//! What can be wrong with a checkpoint.

use std::io;
use std::path::PathBuf;

use crate::files::{FileError, interrupted};

#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    #[error("{path}: cannot be read ({source}); choose another file with --weights", path = path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "{path}: not a Flax checkpoint, or a damaged one: {problem}; restore it from {} or move it away",
        interrupted(path).map_or("a copy".into(), |copy| copy.display().to_string()),
        path = path.display()
    )]
    Broken { path: PathBuf, problem: String },
    #[error("the parameters do not fit the network: {}", problems.join("; "))]
    Misfit { problems: Vec<String> },
    #[error(transparent)]
    File(#[from] FileError),
}
