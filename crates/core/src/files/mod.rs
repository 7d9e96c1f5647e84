//! Files that are written so that a crash leaves the old or the new content, never half of one, and so that nothing of
//! anybody else's is overwritten.
//!
//! `Replacement` is the way of all of them: a temporary file beside the target, flushed, renamed, its folder flushed.
//! [`Kind`] says what may be replaced. A link is followed, and what is no regular file is refused.

mod error;
mod flush;
mod in_place;
mod kind;
mod names;
mod recognise;
mod replacement;
mod temporary;

use std::io;
use std::path::Path;

pub use error::FileError;
pub(crate) use flush::flush_folder;
pub(crate) use in_place::interrupted;
pub use kind::{Kind, check};
pub(crate) use names::existing_beside;
pub use names::{beside, folder, is_same_file, target};
pub(crate) use recognise::begins_with;
pub use recognise::has_keys;
pub(crate) use replacement::{Replacement, copy_aside};
pub use temporary::clear_abandoned;

/// Writes bytes as a whole or not at all.
///
/// # Errors
/// If something stands there that is not of this kind, or the file cannot be written.
pub fn write(path: &Path, kind: &'static Kind, bytes: &[u8]) -> Result<(), FileError> {
    let mut new = Replacement::begin(path, kind)?;
    io::Write::write_all(&mut new, bytes).map_err(FileError::io(path))?;
    new.finish().map(|_| ())
}
