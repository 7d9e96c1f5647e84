//! Vectors from `.csv` files.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::values::Vectors;
use crate::dataset::source::Progress;
use crate::dataset::vectors_error::VectorsError;
use crate::input;
use crate::printable::excerpt;

/// Bytes of a line, at most.
const LONGEST: u64 = 4 << 20;

/// Bytes between two calls of the progress.
const STEP: u64 = 1 << 20;

/// A header of so many columns or more may number them from 0 on, as pandas does; fewer are a vector.
const NUMBERED: usize = 3;

/// Columns that tell the class: who is compared by them is told the answers.
const ANSWERS: [&str; 5] = ["label", "labels", "class", "target", "targets"];

/// Reads a row for each sample, with or without a header, separated by commas, semicolons, tabs or spaces. Where the header
/// has a column `Serial`, or a first one without a name as pandas writes its index, rows may stand in any order.
///
/// # Errors
/// See [`super::read`].
pub fn read(path: &Path, samples: Option<usize>, progress: Progress) -> Result<Vectors, VectorsError> {
    let mut lines = Lines::open(path)?;
    let mut table = Table::default();
    let (mut told, mut text) = (0, Vec::new());
    while lines.next(&mut text)? {
        let line = lines.line;
        let at =
            |problem: String, mend: &str| VectorsError::new(path, format!("line {line}: {problem}"), mend);
        let row =
            str::from_utf8(&text).map_err(|_| at("the text is not UTF-8".into(), "save it as UTF-8"))?;
        let row = row.trim_start_matches('\u{feff}').trim_end_matches(['\r', '\n']);
        if row.trim().is_empty() || (table.is_empty() && row.starts_with('#')) {
            continue;
        }
        table
            .take(row, line)
            .map_err(|fault| at(fault.problem, fault.mend))?;
        if lines.done >= told + STEP {
            told = lines.done;
            progress(lines.done, lines.length);
        }
    }
    table.vectors(path, samples)
}

/// The lines of a file, each of bounded length.
struct Lines<'a> {
    path: &'a Path,
    reader: BufReader<File>,
    /// Number of the last line, from 1.
    line: usize,
    /// Bytes that are read, and all.
    done: u64,
    length: u64,
}

impl<'a> Lines<'a> {
    fn open(path: &'a Path) -> Result<Self, VectorsError> {
        let unreadable = |source| VectorsError::unreadable(path, &source);
        let file = input::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        Ok(Self {
            path,
            reader: BufReader::new(file),
            line: 0,
            done: 0,
            length,
        })
    }

    /// Reads the next line into `text`; false at the end.
    fn next(&mut self, text: &mut Vec<u8>) -> Result<bool, VectorsError> {
        text.clear();
        let mut line = Read::take(&mut self.reader, LONGEST);
        let read = line
            .read_until(b'\n', text)
            .map_err(|source| VectorsError::unreadable(self.path, &source))?;
        self.line += 1;
        self.done += read as u64;
        if read as u64 == LONGEST && text.last() != Some(&b'\n') {
            let problem = format!("line {}: is longer than {} MiB", self.line, LONGEST >> 20);
            return Err(VectorsError::new(
                self.path,
                problem,
                "save a row for each sample",
            ));
        }
        Ok(read > 0)
    }
}

/// What is wrong with a line.
struct Fault {
    problem: String,
    mend: &'static str,
}

fn fault(problem: String, mend: &'static str) -> Fault {
    Fault { problem, mend }
}

const NUMBERS: &str = "save finite numbers, with a decimal point, in every column";

/// The rows so far.
#[derive(Default)]
struct Table {
    separator: Option<Separator>,
    /// Fields of a row, and which of them is the serial.
    width: usize,
    serial: Option<usize>,
    /// Each row's serial, where there is a column of them, and its line.
    serials: Vec<(u32, usize)>,
    rows: usize,
    values: Vec<f32>,
}

#[derive(Clone, Copy)]
enum Separator {
    Character(char),
    Spaces,
}

impl Separator {
    /// What separates the fields of a line.
    fn of(line: &str) -> Self {
        let known = ['\t', ';', ','].into_iter().find(|known| line.contains(*known));
        known.map_or(Self::Spaces, Self::Character)
    }

    fn split(self, line: &str) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Self::Character(character) => Box::new(line.split(character).map(bare)),
            Self::Spaces => Box::new(line.split_whitespace().map(bare)),
        }
    }
}

/// A field without spaces and quotes around it.
fn bare(field: &str) -> &str {
    let field = field.trim();
    let quoted = field.strip_prefix('"').and_then(|field| field.strip_suffix('"'));
    quoted.unwrap_or(field)
}

impl Table {
    fn is_empty(&self) -> bool {
        self.separator.is_none()
    }

    fn take(&mut self, row: &str, line: usize) -> Result<(), Fault> {
        let separator = match self.separator {
            Some(separator) => separator,
            None => {
                let separator = Separator::of(row);
                self.separator = Some(separator);
                let fields: Vec<&str> = separator.split(row).collect();
                self.width = fields.len();
                if is_header(&fields) {
                    return self.header(&fields);
                }
                separator
            }
        };
        let mut count = 0;
        for (column, field) in separator.split(row).enumerate() {
            count += 1;
            if Some(column) == self.serial {
                let serial = field.parse().map_err(|_| {
                    let problem = format!("the serial is \"{}\", not a whole number", excerpt(field));
                    fault(problem, "save each sample's number, from 0 on")
                })?;
                self.serials.push((serial, line));
                continue;
            }
            match field.parse::<f32>() {
                Ok(value) if value.is_finite() => self.values.push(value),
                _ => {
                    let found = format!(
                        "column {} is \"{}\", not a finite number",
                        column + 1,
                        excerpt(field)
                    );
                    return Err(fault(found, NUMBERS));
                }
            }
        }
        if count != self.width {
            let problem = format!("{count} columns, where the line before has {}", self.width);
            return Err(fault(problem, "save as many for each sample"));
        }
        self.rows += 1;
        Ok(())
    }

    fn header(&mut self, names: &[&str]) -> Result<(), Fault> {
        let answer = names.iter().find(|name| {
            let name = name.to_lowercase();
            ANSWERS.contains(&name.as_str())
        });
        if let Some(answer) = answer {
            let problem = format!("the column \"{answer}\" tells the class");
            return Err(fault(problem, "save the vectors without it"));
        }
        let index = |name: &&str| name.is_empty() || *name == "Unnamed: 0";
        let named = names.iter().position(|name| name.eq_ignore_ascii_case("serial"));
        self.serial = named.or(names.first().filter(|name| index(name)).map(|_| 0));
        Ok(())
    }

    fn vectors(self, path: &Path, samples: Option<usize>) -> Result<Vectors, VectorsError> {
        let wrong = |problem: String, mend: &str| VectorsError::new(path, problem, mend);
        let dim = self.width.saturating_sub(usize::from(self.serial.is_some()));
        if self.rows == 0 || dim == 0 {
            return Err(wrong(
                "holds no vectors".into(),
                "save a row of numbers for each sample",
            ));
        }
        let expected = samples.unwrap_or(self.rows);
        if self.rows != expected {
            let found = format!(
                "holds {} vectors of {dim} numbers for {expected} samples",
                self.rows
            );
            return Err(wrong(found, "save one for each sample"));
        }
        if self.serial.is_none() {
            return Ok(Vectors::new(path, self.values, dim));
        }
        let mut values = vec![0.0; self.values.len()];
        let mut seen = vec![false; expected];
        for ((serial, line), row) in self.serials.into_iter().zip(self.values.chunks_exact(dim)) {
            let serial = serial as usize;
            let before = seen.get_mut(serial).map(|seen| std::mem::replace(seen, true));
            let fault = match before {
                Some(false) => None,
                Some(true) => Some(format!("line {line}: a second row of serial {serial}")),
                None => Some(format!(
                    "line {line}: serial {serial} is none of 0–{}",
                    expected - 1
                )),
            };
            if let Some(problem) = fault {
                return Err(wrong(problem, "save one row for each sample"));
            }
            if let Some(place) = values.get_mut(serial * dim..(serial + 1) * dim) {
                place.copy_from_slice(row);
            }
        }
        Ok(Vectors::new(path, values, dim))
    }
}

/// Whether a first line holds the names of the columns.
fn is_header(fields: &[&str]) -> bool {
    let numbered = || {
        let mut columns = (0..).zip(fields);
        fields.len() >= NUMBERED && columns.all(|(at, field)| field.parse() == Ok::<u32, _>(at))
    };
    fields.iter().any(|field| field.parse::<f32>().is_err()) || numbered()
}
