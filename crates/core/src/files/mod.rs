//! Files that are written so that a crash leaves the old or the new content, never half of one, and so that nothing of
//! anybody else's is overwritten.
//!
//! [`Replacement`] is the way of all of them: a temporary file beside the target, flushed, renamed, its folder flushed.
//! [`Kind`] says what may be replaced. A link is followed, and what is no regular file is refused.

mod in_place;
mod kind;
mod names;
mod recognise;
mod replacement;
mod temporary;

use std::io;
use std::path::{Path, PathBuf};

pub use in_place::interrupted;
pub use kind::{Kind, check};
pub use names::{beside, existing_beside, folder, free_name, is_same_file, target};
pub use recognise::{begins_with, has_keys};
pub use replacement::{Replacement, copy_aside, flush_folder};
pub use temporary::clear_abandoned;

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

/// Writes bytes as a whole or not at all.
///
/// # Errors
/// If something stands there that is not of this kind, or the file cannot be written.
pub fn write(path: &Path, kind: &'static Kind, bytes: &[u8]) -> Result<(), FileError> {
    let mut new = Replacement::begin(path, kind)?;
    io::Write::write_all(&mut new, bytes).map_err(FileError::io(path))?;
    new.finish().map(|_| ())
}
