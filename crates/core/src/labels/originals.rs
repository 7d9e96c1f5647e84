//! [`Originals`]: rows that others wrote, as they were before we changed them, so that undo gives them back.

use std::collections::HashMap;

use super::row::{Columns, Row};

/// Texts of rows by serial, without their line endings, the newest last.
#[derive(Debug, Default)]
pub(super) struct Originals(HashMap<u32, Vec<String>>);

impl Originals {
    /// Notes texts; returns whether this one is new.
    pub fn note(&mut self, serial: u32, text: String) -> bool {
        let texts = self.0.entry(serial).or_default();
        let new = !texts.contains(&text);
        if new {
            texts.push(text);
        }
        new
    }

    /// The newest text that gives a serial this label and says the same besides as the row that stands for it now.
    pub fn find(
        &self,
        serial: i64,
        label: Option<u8>,
        now: Option<&str>,
        columns: Columns,
    ) -> Option<String> {
        let texts = self.0.get(&u32::try_from(serial).ok()?)?;
        let others = now.map(|row| columns.others(row));
        let fits = |text: &&String| {
            let row = Row::read(text, 0, columns);
            let same = match &others {
                Some(others) => columns.others(text) == *others,
                None => columns.says_nothing_else(text),
            };
            row.serial == Some(serial) && row.label == label && row.fault.is_none() && same
        };
        texts.iter().rev().find(fits).cloned()
    }
}
