//! The user's labels and the file that they live in, which other programs write too.
//!
//! ```text
//! record            where the fields of CSV text lie
//! row               what one of them says
//! document          the text, row by row: a change touches its own row
//! file              read with identity; replace atomically and durably
//! open              whether a program has it open to write it
//! file_thread       the thread: requests and others' edits → file → events
//! orphaned_writers  rows that others wrote into a file after it was replaced
//! versions          what the file has said, to merge a text that set out from an older one
//! originals         rows of others as they were before we changed them
//! store             the handle that the window holds
//! history           the file of what was done, beside the labels
//! journal           the user's actions in it, to undo and redo
//! ```

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

mod action;
mod document;
mod error;
mod event;
mod file;
mod file_thread;
mod history;
mod journal;
mod line;
mod open;
mod originals;
mod orphaned_writers;
mod problem;
mod record;
mod row;
mod shared;
mod store;
#[cfg(test)]
mod tests;
mod unsure;
mod values;
mod versions;
mod watch;

use std::path::{Path, PathBuf};

pub use action::{Action, Change, Step};
pub use error::LabelsError;
pub use event::{LabelEvent, Opened, Troubles};
pub use journal::{Journal, Reversal};
pub use line::Line;
pub use problem::Problem;
pub use store::LabelStore;
pub use unsure::{UnsureError, UnsureMarks};
pub use values::Labels;

use crate::classes::ClassCount;
use crate::files::existing_beside;
use document::Document;

/// Where the labels of the audit lie, which nothing learns from: `labels.csv` has `labels.audit.csv`, a file of the same kind.
pub fn audit_path(labels: &Path) -> PathBuf {
    existing_beside(labels, "csv", ".audit.csv")
}

/// Reads the labels of a data set of `n` samples of `classes`, for a program that only needs them once. Rows with other serials
/// are passed over in silence: another data set may own them.
///
/// # Errors
/// A missing, unreadable or malformed file.
pub fn read_labels(
    path: &Path,
    n: usize,
    classes: ClassCount,
) -> Result<(Labels, Vec<Problem>), LabelsError> {
    let snapshot = match file::read(path) {
        Ok(snapshot) if snapshot.identity.is_some() => snapshot,
        Ok(_) | Err(LabelsError::NoFolder { .. }) => {
            return Err(LabelsError::Missing {
                path: path.to_owned(),
            });
        }
        Err(error) => return Err(error),
    };
    let document = Document::parse(&snapshot.bytes, classes)
        .map_err(|malformed| LabelsError::malformed(path, malformed))?;
    Ok((document.labels(n), document.problems(&path.display().to_string())))
}

/// The number of classes of which the labels of a file are, of a data set of `n` samples that says nothing of its classes: ten,
/// or as many as the largest label asks for. A file that cannot be read says nothing; who opens it tells why.
pub fn count_classes(path: &Path, n: usize) -> ClassCount {
    let labels = read_labels(path, n, ClassCount::MOST);
    let found = labels
        .ok()
        .and_then(|(labels, _)| ClassCount::of(labels.iter().map(|pair| pair.1)));
    found.unwrap_or_default().max(ClassCount::default())
}
