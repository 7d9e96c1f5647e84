//! What the labels say of every sample, for other programs.

use std::fmt::Write as _;
use std::path::Path;

use super::OutputError;
use crate::files::{self, Kind, begins_with};
use crate::propagation::Propagated;

const HEADER: &str = "Serial,label,certainty";

/// What it is known again by, before it is written over.
pub const PROPAGATED: Kind = Kind {
    what: "a table of propagated labels",
    recognises: |file| begins_with(file, HEADER),
};

/// Writes `Serial,label,certainty`, a row per sample: the user's label with certainty 1, or the propagated class with its
/// probability, four decimals; where no label reaches the label is empty, as it is of an unlabelled row of labels.csv.
///
/// # Errors
/// If the file cannot be written.
pub fn write_propagated(
    path: &Path,
    labels: &[Option<u8>],
    propagated: &Propagated,
) -> Result<(), OutputError> {
    let mut text = format!("{HEADER}\n");
    for (serial, label) in (0..).zip(labels) {
        let (class, certainty) = match label {
            Some(label) => (Some(*label), 1.0),
            None => (propagated.class(serial), propagated.certainty(serial)),
        };
        let class = class.map(|class| class.to_string()).unwrap_or_default();
        let _ = writeln!(text, "{serial},{class},{certainty:.4}");
    }
    Ok(files::write(path, &PROPAGATED, text.as_bytes())?)
}
