//! The status lines: the last events.

use bevy::prelude::*;

use ssvae_core::printable;

/// Lines that are kept.
const LINES: usize = 10;

/// The oldest line first.
#[derive(Resource, Default)]
pub struct StatusLines(pub Vec<String>);

impl StatusLines {
    /// Adds a line.
    pub fn say(&mut self, line: impl AsRef<str>) {
        if self.0.len() == LINES {
            self.0.remove(0);
        }
        self.0.push(printable::line(line.as_ref()));
    }
}
