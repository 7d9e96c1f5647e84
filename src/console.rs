//! What is told on the standard streams. Neither a reader that has gone nor a full disk ends the program there.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;
use std::sync::PoisonError;

use ssvae_core::printable;

/// Why nothing more is printed.
enum Silent {
    /// Nobody reads any more, as after `| head`.
    Unread,
    Failed(String),
}

static SILENT: Mutex<Option<Silent>> = Mutex::new(None);

/// Prints a line to the standard output. Once that has failed nothing more is printed, and the program goes on; see
/// [`failure`].
pub(crate) fn print(line: impl Display) {
    let mut silent = SILENT.lock().unwrap_or_else(PoisonError::into_inner);
    if silent.is_some() {
        return;
    }
    let mut output = io::stdout().lock();
    if let Err(error) = writeln!(output, "{line}").and_then(|()| output.flush()) {
        *silent = Some(match error.kind() {
            ErrorKind::BrokenPipe => Silent::Unread,
            _ => Silent::Failed(error.to_string()),
        });
    }
}

/// Prints a line to the standard error, if that can be; what of it came from a file is made printable.
pub fn warn(line: impl Display) {
    // Nobody is left to tell.
    let _ = writeln!(io::stderr().lock(), "{}", printable::line(&line.to_string()));
}

/// Why the standard output is not complete, unless its reader has left of its own accord.
pub fn failure() -> Option<String> {
    match &*SILENT.lock().unwrap_or_else(PoisonError::into_inner) {
        Some(Silent::Failed(reason)) => Some(reason.clone()),
        Some(Silent::Unread) | None => None,
    }
}
