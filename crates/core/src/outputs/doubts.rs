//! The labels that are likely to be wrong, for other programs.

use std::fmt::Write as _;
use std::path::Path;

use super::OutputError;
use crate::files::{self, Kind, begins_with};
use crate::propagation::Doubt;

const HEADER: &str = "Serial,label,probability,suggestion,suggested";

/// What it is known again by, before it is written over.
pub const DOUBTS: Kind = Kind {
    what: "a table of doubtful labels",
    recognises: |file| begins_with(file, HEADER),
};

/// Writes `Serial,label,probability,suggestion,suggested`, a row per label in the order given: the label and its probability
/// by all other labels, and the class that they find the most probable with its probability, four decimals each.
///
/// # Errors
/// If the file cannot be written.
pub fn write_doubts(path: &Path, doubts: &[Doubt]) -> Result<(), OutputError> {
    let mut text = format!("{HEADER}\n");
    for doubt in doubts {
        let Doubt {
            serial,
            label,
            probability,
            suggestion,
            suggested,
        } = doubt;
        let _ = writeln!(
            text,
            "{serial},{label},{probability:.4},{suggestion},{suggested:.4}"
        );
    }
    Ok(files::write(path, &DOUBTS, text.as_bytes())?)
}
