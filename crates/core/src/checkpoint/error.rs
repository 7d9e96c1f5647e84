//! What can be wrong with a checkpoint.

use std::io;
use std::path::PathBuf;

use crate::files::{FileError, interrupted};

/// Why a checkpoint is not read or written; each message names the mend.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be opened or read.
    #[error("{path}: cannot be read ({source}); choose another file with --weights", path = path.display())]
    Read {
        /// The checkpoint.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The content is no msgpack tree of `{params, opt_state, step}`, or its arrays do not belong together.
    #[error(
        "{path}: not a Flax checkpoint, or a damaged one: {problem}; restore it from {} or move it away",
        interrupted(path).map_or("a copy".into(), |copy| copy.display().to_string()),
        path = path.display()
    )]
    Broken {
        /// The checkpoint.
        path: PathBuf,
        /// The first fault, without the name of the file.
        problem: String,
    },
    /// Arrays are missing, left over or of other shapes than the architecture has.
    #[error("the parameters do not fit the network: {}", problems.join("; "))]
    Misfit {
        /// One for each array that does not fit.
        problems: Vec<String>,
    },
    /// It cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}
