//! [`Document`]: the text of labels.csv, row by row, and what the rows say. A change touches its own row only.

use std::collections::{HashMap, HashSet};

use super::originals::Originals;
use super::problem::Problem;
use super::record::{ending, split, value};
use super::row::{Columns, Row, with_field};
use super::values::Labels;
use crate::classes::ClassCount;
use crate::printable::excerpt;

/// Header of a file that does not exist yet.
const HEADER: &str = "Serial,label\n";

/// Rows that cannot be used, of which so many are a mistake in one; a file with more is another one.
const MOST_FAULTS: usize = 100_000;

/// Why the text is no labels file: 1-based line and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub line: usize,
    pub what: String,
}

#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Everything up to the end of the header line.
    head: String,
    newline: String,
    columns: Columns,
    rows: Vec<Row>,
    /// The last row of each serial.
    winners: HashMap<i64, usize>,
}

impl Document {
    /// The document of a file that is not there.
    pub fn empty(classes: ClassCount) -> Self {
        Self {
            head: HEADER.into(),
            newline: "\n".into(),
            columns: Columns {
                count: 2,
                serial: 0,
                label: 1,
                classes,
            },
            rows: Vec::new(),
            winners: HashMap::new(),
        }
    }

    /// Reads the file's bytes, whose labels may be of `classes`; none at all are an empty document.
    pub fn parse(bytes: &[u8], classes: ClassCount) -> Result<Self, Malformed> {
        let text = str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes
                .iter()
                .take(error.valid_up_to())
                .filter(|&&byte| byte == b'\n')
                .count();
            Malformed {
                line,
                what: "the text is not UTF-8".into(),
            }
        })?;
        if text.is_empty() {
            return Ok(Self::empty(classes));
        }
        let mut line = 1;
        let mut fields = Vec::new();
        let mut start = if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        };
        let (head, header) = loop {
            let at = line;
            let record = next(&text[start..], line, &mut fields)?;
            if record.is_empty() {
                return Err(Malformed {
                    line,
                    what: "there is no header".into(),
                });
            }
            line += lines(record);
            if !record.trim().is_empty() {
                break (start + record.len(), at);
            }
            start += record.len();
        };
        let names: Vec<_> = fields
            .iter()
            .map(|field| value(&text[start..][field.clone()]))
            .collect();
        let column = |name: &str| {
            names
                .iter()
                .position(|column| column == name)
                .ok_or_else(|| Malformed {
                    line: header,
                    what: format!(
                        "the header \"{}\" has no column \"{name}\"",
                        excerpt(text[start..head].trim_end())
                    ),
                })
        };
        let mut document = Self {
            columns: Columns {
                count: names.len(),
                serial: column("Serial")?,
                label: column("label")?,
                classes,
            },
            newline: Some(ending(&text[..head]))
                .filter(|ending| !ending.is_empty())
                .unwrap_or("\n")
                .into(),
            head: text[..head].into(),
            rows: Vec::new(),
            winners: HashMap::new(),
        };
        let mut rest = &text[head..];
        let (mut faults, mut after_blank) = (0, false);
        while !rest.is_empty() {
            let record = next(rest, line, &mut fields)?;
            let blank = record.trim().is_empty();
            match document.rows.last_mut().filter(|_| blank && after_blank) {
                // A row for each of very many blank lines would take a hundred times their room.
                Some(row) => row.text.push_str(record),
                None => {
                    let row = Row::read(record, line, document.columns);
                    faults += usize::from(row.fault.is_some());
                    document.rows.push(row);
                }
            }
            if faults > MOST_FAULTS {
                return Err(Malformed {
                    line,
                    what: format!("more than {MOST_FAULTS} rows up to here cannot be used"),
                });
            }
            after_blank = blank;
            line += lines(record);
            rest = &rest[record.len()..];
        }
        document.index();
        Ok(document)
    }

    fn index(&mut self) {
        self.winners.clear();
        for (at, row) in self.rows.iter_mut().enumerate() {
            if let Some(serial) = row.serial {
                row.earlier = self.winners.insert(serial, at);
            }
        }
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(
            self.head.len() + self.rows.iter().map(|row| row.text.len()).sum::<usize>(),
        );
        text.push_str(&self.head);
        text.extend(self.rows.iter().map(|row| row.text.as_str()));
        text
    }

    /// Rows, blank and faulty ones included.
    pub fn len(&self) -> usize {
        self.rows.iter().filter(|row| !row.text.is_empty()).count()
    }

    pub fn label(&self, serial: i64) -> Option<u8> {
        self.rows.get(*self.winners.get(&serial)?)?.label
    }

    pub fn has(&self, serial: i64) -> bool {
        self.winners.contains_key(&serial)
    }

    pub fn serials(&self) -> impl Iterator<Item = i64> {
        self.winners.keys().copied()
    }

    /// The labels of a data set of `n` samples; rows with other serials do not concern it.
    pub fn labels(&self, n: usize) -> Labels {
        let mut labels = Labels::new(n, self.columns.classes);
        for &serial in self.winners.keys() {
            if let Ok(within) = u32::try_from(serial) {
                labels.set(within, self.label(serial));
            }
        }
        labels
    }

    /// Rows that could not be used; `file` is named in the messages.
    pub fn problems(&self, file: &str) -> Vec<Problem> {
        let problem = |row: &Row| {
            let (line, fault) = (row.line, row.fault.clone()?);
            let message = format!("{file}, line {line}: {fault}; correct or delete the line");
            Some(Problem { line, fault, message })
        };
        self.rows.iter().filter_map(problem).collect()
    }

    /// The text of a row that is about to be changed, if it is not what we would write ourselves.
    pub fn original(&self, serial: u32) -> Option<(u32, String)> {
        let text = self.content(serial.into())?;
        let label = self.label(serial.into());
        let ours = label.is_some() && text == self.columns().record(serial.into(), label);
        (!ours).then(|| (serial, text.to_owned()))
    }

    /// Gives a serial a label, or takes it away. A row that stood so before, by `originals`, gets its text back. Without a
    /// label a row that says nothing else is dropped, any other one keeps what it says. Returns whether that changed the text.
    pub fn set(&mut self, serial: i64, label: Option<u8>, originals: &Originals) -> bool {
        let Some(&at) = self.winners.get(&serial) else {
            if label.is_some() {
                let original = originals.find(serial, label, None, self.columns);
                self.append(&original.unwrap_or_else(|| self.columns.record(serial, label)));
            }
            return label.is_some();
        };
        let Some(row) = self.rows.get_mut(at) else {
            return false;
        };
        if row.label == label {
            return false;
        }
        let line_ending = ending(&row.text).to_owned();
        let original = originals.find(serial, label, Some(row.content()), self.columns);
        let text = match (original, label) {
            (Some(original), _) => original + &line_ending,
            (None, None) if row.earlier.is_none() && self.columns.says_nothing_else(&row.text) => {
                self.winners.remove(&serial);
                // It keeps its place, empty, so that dropping many looks at no other.
                *row = Row::dropped(row.line);
                return true;
            }
            (None, None) => with_field(&row.text, self.columns.label, ""),
            (None, Some(label)) => with_field(&row.text, self.columns.label, &label.to_string()),
        };
        let new = Row::read(&text, row.line, self.columns).after(row.earlier);
        if new.label == label && new.fault.is_none() {
            *row = new;
        } else {
            // The row has another fault and keeps its text; a later one wins.
            self.append(&self.columns.record(serial, label));
        }
        true
    }

    /// Takes over every row of `theirs` that is not in `base`, another program's version of this file and the text
    /// that it set out from, but for the serials that `keep` holds back. Rows missing from `theirs` stay. Returns
    /// whether the text changed.
    pub fn adopt(&mut self, theirs: &Self, base: &Self, keep: impl Fn(i64) -> bool) -> bool {
        let mut changed = false;
        if self.len() == 0 {
            self.head.clone_from(&theirs.head);
            self.newline.clone_from(&theirs.newline);
            self.columns = theirs.columns;
        }
        let same_columns = self.head.trim() == theirs.head.trim();
        let unnamed: HashSet<String> = [base, self]
            .iter()
            .flat_map(|document| document.rows.iter().filter(|row| row.serial.is_none()))
            .map(|row| row.text.trim_end().to_owned())
            .collect();
        for (at, row) in theirs.rows.iter().enumerate() {
            let content = row.text.trim_end();
            let overruled = row
                .serial
                .is_some_and(|serial| keep(serial) || theirs.winners.get(&serial) != Some(&at));
            let known = match row.serial {
                Some(serial) => [base, self].iter().any(|it| it.content(serial) == Some(content)),
                None => unnamed.contains(content),
            };
            if content.is_empty() || overruled || known {
                continue;
            }
            let there = row.serial.and_then(|serial| self.winners.get(&serial));
            changed |= match there.and_then(|&at| self.rows.get_mut(at)) {
                Some(there) if same_columns => {
                    let text = content.to_owned() + ending(&there.text);
                    *there = Row::read(&text, there.line, self.columns).after(there.earlier);
                    true
                }
                None if same_columns => {
                    self.append(content);
                    true
                }
                _ => row
                    .serial
                    .zip(row.label)
                    .is_some_and(|(serial, label)| self.set(serial, Some(label), &Originals::default())),
            };
        }
        changed
    }

    /// The text of the row that stands for a serial, without its line ending.
    pub fn content(&self, serial: i64) -> Option<&str> {
        Some(self.rows.get(*self.winners.get(&serial)?)?.content())
    }

    /// Fields of the header.
    pub fn columns(&self) -> Columns {
        self.columns
    }

    fn append(&mut self, record: &str) {
        let newline = self.newline.clone();
        // Nothing follows a dropped row at the end: the line ending that is wanted is that of the one before it.
        while self.rows.pop_if(|row| row.text.is_empty()).is_some() {}
        let (last, line) = match self.rows.last_mut() {
            Some(row) => (&mut row.text, row.line + 1),
            None => (&mut self.head, 2),
        };
        if ending(last).is_empty() {
            last.push_str(&newline);
        }
        let text = record.to_owned() + &newline;
        let mut row = Row::read(&text, line, self.columns);
        if let Some(serial) = row.serial {
            row.earlier = self.winners.insert(serial, self.rows.len());
        }
        self.rows.push(row);
    }
}

fn next<'a>(
    text: &'a str,
    line: usize,
    fields: &mut Vec<std::ops::Range<usize>>,
) -> Result<&'a str, Malformed> {
    let length = split(text, fields).ok_or_else(|| Malformed {
        line,
        what: "a quoted field is not closed".into(),
    })?;
    Ok(&text[..length])
}

/// Lines that a record takes up; a quoted field may hold line breaks.
fn lines(record: &str) -> usize {
    let breaks = record.bytes().filter(|&byte| byte == b'\n').count();
    breaks.max(usize::from(record.ends_with('\r')))
}
