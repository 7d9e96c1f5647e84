//! What one record of the labels file says.

use std::ops::Range;

use super::record::{ending, split, value};
use crate::classes::ClassCount;
use crate::printable::excerpt;

/// Spellings that pandas reads as "no value", in lower case.
const NO_VALUE: [&str; 11] = [
    "", "nan", "-nan", "na", "n/a", "#n/a", "<na>", "null", "none", "#na", "1.#qnan",
];

/// Fields that the header has, and which of them are `Serial` and `label`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub count: usize,
    pub serial: usize,
    pub label: usize,
    /// That a label may be of.
    pub classes: ClassCount,
}

impl Columns {
    /// A new row.
    pub fn record(self, serial: i64, label: Option<u8>) -> String {
        let field = |column| match label {
            _ if column == self.serial => serial.to_string(),
            Some(label) if column == self.label => label.to_string(),
            _ => String::new(),
        };
        (0..self.count).map(field).collect::<Vec<_>>().join(",")
    }

    /// Whether a record has nothing but its serial and its label.
    pub fn says_nothing_else(self, record: &str) -> bool {
        self.others(record).iter().all(|field| field.is_empty())
    }

    /// The values of a record besides its serial and its label, those that are missing at its end as empty ones.
    pub fn others(self, record: &str) -> Vec<String> {
        let mut fields = Vec::new();
        split(record, &mut fields);
        let count = fields.len().max(self.count);
        let others = (0..count).filter(|&column| column != self.serial && column != self.label);
        let value = |column| {
            fields.get(column).map_or(String::new(), |field: &Range<usize>| {
                value(&record[field.clone()]).trim().to_owned()
            })
        };
        others.map(value).collect()
    }
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// With its line ending.
    pub text: String,
    /// 1-based.
    pub line: usize,
    pub serial: Option<i64>,
    pub label: Option<u8>,
    /// Why the row cannot be used.
    pub fault: Option<String>,
    /// Place of the row before it that has the same serial.
    pub earlier: Option<usize>,
}

impl Row {
    /// What is left of a row that says nothing any more.
    pub fn dropped(line: usize) -> Self {
        Self {
            text: String::new(),
            line,
            serial: None,
            label: None,
            fault: None,
            earlier: None,
        }
    }

    /// Its text without the line ending.
    pub fn content(&self) -> &str {
        self.text.trim_end_matches(['\r', '\n'])
    }

    /// The same, behind another row of its serial.
    pub fn after(self, earlier: Option<usize>) -> Self {
        Self { earlier, ..self }
    }

    /// Reads one record; a blank one says nothing and has no fault.
    pub fn read(record: &str, line: usize, columns: Columns) -> Self {
        let mut row = Self {
            text: record.into(),
            line,
            serial: None,
            label: None,
            fault: None,
            earlier: None,
        };
        if record.trim().is_empty() {
            return row;
        }
        let mut fields = Vec::with_capacity(columns.count);
        split(record, &mut fields);
        let field = |column: usize| {
            fields
                .get(column)
                .map_or("".into(), |field| value(&record[field.clone()]))
        };
        let serial = field(columns.serial);
        row.serial = whole_number(&serial);
        if row.serial.is_none() {
            row.fault = Some(format!(
                "Serial \"{}\" is not a whole number",
                excerpt(serial.trim())
            ));
        } else if fields.len() > columns.count {
            let (found, expected) = (fields.len(), columns.count);
            row.fault = Some(format!("{found} fields where the header has {expected}"));
        } else {
            match class(&field(columns.label), columns.classes) {
                Ok(label) => row.label = label,
                Err(fault) => row.fault = Some(fault),
            }
        }
        row
    }
}

/// `record` with one raw field replaced; missing fields before it are added empty.
pub(super) fn with_field(record: &str, column: usize, content: &str) -> String {
    let mut fields = Vec::new();
    split(record, &mut fields);
    match fields.get(column) {
        Some(field) => format!("{}{content}{}", &record[..field.start], &record[field.end..]),
        None => {
            let (body, line_ending) = record.split_at(record.len() - ending(record).len());
            let commas = ",".repeat(column + 1 - fields.len());
            format!("{body}{commas}{content}{line_ending}")
        }
    }
}

/// A whole number as people and pandas write it: `7`, ` 7`, `7.0`.
fn whole_number(text: &str) -> Option<i64> {
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        // Up to here every whole number is an exact f64.
        (number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

fn class(text: &str, classes: ClassCount) -> Result<Option<u8>, String> {
    let text = text.trim();
    if NO_VALUE
        .iter()
        .any(|spelling| text.eq_ignore_ascii_case(spelling))
    {
        return Ok(None);
    }
    whole_number(text)
        .and_then(|number| u8::try_from(number).ok())
        .filter(|&label| classes.has(label))
        .map(Some)
        .ok_or_else(|| format!("label \"{}\" is not one of 0–{}", excerpt(text), classes.last()))
}
