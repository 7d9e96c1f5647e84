//! `labels.accuracy.csv`: how right what is propagated was at each number of labels, over the whole life of a labels file.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord};
use jiff::Timestamp;

use crate::input;

use super::OutputError;
use crate::files::{self, Kind, begins_with};

/// Bytes of the file: as many as some three million rows take.
const LARGEST: u64 = 128 << 20;

/// Columns of the file.
const HEADER: &str = "time,labels,accuracy";

/// What it is known again by, before it is written over.
pub(crate) const ACCURACY: Kind = Kind {
    what: "a table of accuracies over the labels",
    recognises: |file| begins_with(file, HEADER),
};

/// A row of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// When it was measured.
    pub time: Timestamp,
    /// Samples with a user label.
    pub labels: usize,
    /// Share of the samples without a label whose propagated class is the true one, in 0..=1.
    pub accuracy: f64,
}

/// The accuracy over the number of labels.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// The last accuracy of each number of labels, by rising number.
    points: Vec<(usize, f64)>,
    last: Option<Row>,
}

/// Where the table of a labels file is: `labels.csv` has `labels.accuracy.csv`.
pub fn path(labels: &Path) -> PathBuf {
    files::existing_beside(labels, "csv", ".accuracy.csv")
}

impl Curve {
    /// Reads the file; one that is not there has no rows, and lines that are none are passed over.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let bytes = match input::read(path, LARGEST) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        // A quotation mark in a broken line must not swallow the lines after it.
        let mut lines = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .quoting(false)
            .from_reader(bytes.as_slice());
        let mut points = BTreeMap::new();
        let mut last = None;
        for row in lines.records().flatten().filter_map(|line| parse(&line)) {
            points.insert(row.labels, row.accuracy);
            last = Some(row);
        }
        Ok(Self {
            points: points.into_iter().collect(),
            last,
        })
    }

    /// The last accuracy of each number of labels, by rising number.
    pub fn points(&self) -> &[(usize, f64)] {
        &self.points
    }

    /// Takes an accuracy in, rounded as the file has it. Returns its row, unless the last one says the same.
    pub fn note(&mut self, time: Timestamp, labels: usize, accuracy: f64) -> Option<Row> {
        let row = Row {
            time,
            labels,
            accuracy: rounded(accuracy),
        };
        let known = self
            .last
            .is_some_and(|last| (last.labels, last.accuracy) == (row.labels, row.accuracy));
        if known || !row.accuracy.is_finite() {
            return None;
        }
        self.add(row);
        Some(row)
    }

    fn add(&mut self, row: Row) {
        let place = self.points.binary_search_by_key(&row.labels, |point| point.0);
        let at = place.unwrap_or_else(|at| at);
        match self.points.get_mut(at).filter(|_| place.is_ok()) {
            Some(point) => point.1 = row.accuracy,
            None => self.points.insert(at, (row.labels, row.accuracy)),
        }
        self.last = Some(row);
    }
}

/// As it is written: the same accuracy in another order of summation is no news.
fn rounded(accuracy: f64) -> f64 {
    (accuracy * 1e6).round() / 1e6
}

fn parse(line: &StringRecord) -> Option<Row> {
    let accuracy = line.get(2)?.trim().parse().ok()?;
    Some(Row {
        time: line.get(0)?.trim().parse().ok()?,
        labels: line.get(1)?.trim().parse().ok()?,
        accuracy: Some(accuracy).filter(|share| (0.0..=1.0).contains(share))?,
    })
}

/// Adds rows to the file, which is made where it is missing. They are not waited for until the disk has them: the labels say
/// the last of them again.
///
/// # Errors
/// A file that cannot be written.
pub fn append(path: &Path, rows: &[Row]) -> Result<(), OutputError> {
    let target = files::check(path, &ACCURACY)?;
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&target)?;
        let mut text = String::new();
        if file.seek(SeekFrom::End(0))? == 0 {
            text = format!("{HEADER}\n");
        } else {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            // A line that was cut off stays one line.
            if last != *b"\n" {
                text.push('\n');
            }
        }
        for row in rows {
            let time = row.time.strftime("%Y-%m-%dT%H:%M:%SZ");
            text += &format!("{time},{},{:.6}\n", row.labels, row.accuracy);
        }
        file.write_all(text.as_bytes())
    };
    write().map_err(|source| OutputError::Write {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).unwrap()
    }

    #[test]
    fn what_is_appended_is_read_again_with_one_header() {
        let dir = tempfile::tempdir().unwrap();
        let path = path(&dir.path().join("labels.csv"));
        assert!(path.ends_with("labels.accuracy.csv"));
        let mut curve = Curve::read(&path).unwrap();
        assert_eq!(curve.points(), []);
        for (second, labels, accuracy) in [(0, 10, 0.8), (5, 20, 0.91), (9, 11, 1.0 / 3.0)] {
            let row = curve.note(at(second), labels, accuracy).unwrap();
            append(&path, &[row]).unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            "time,labels,accuracy\n2026-09-21T14:13:20Z,10,0.800000\n2026-09-21T14:13:25Z,20,0.910000\n\
             2026-09-21T14:13:29Z,11,0.333333\n"
        );
        let mut again = Curve::read(&path).unwrap();
        assert_eq!(again.points(), [(10, 0.8), (11, 0.333_333), (20, 0.91)]);
        assert_eq!(again.points(), curve.points());
        assert_eq!(again.note(at(20), 11, 1.0 / 3.0), None, "it is the last row");
        assert!(
            again.note(at(20), 20, 0.91).is_some(),
            "the number of labels is another one"
        );
        assert!(again.note(at(21), 20, 0.92).is_some());
        assert_eq!(again.points()[2], (20, 0.92));
    }

    #[test]
    fn bad_lines_are_passed_over_and_a_line_that_was_cut_off_costs_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.accuracy.csv");
        let lines = "time,labels,accuracy\n2026-09-21T14:13:20Z,10,0.8\nnonsense\n2026-09-21T14:13:21Z,ten,0.8\n\
                     \"2026-09-21T14:13:22Z,11,0.8\n2026-09-21T14:13:23Z,12,7\n2026-09-21T14:13:24Z,13,NaN\n\
                     2026-09-21T14:13:25+02:00,14,0.9,more\n2026-09-21T14:";
        fs::write(&path, [lines.as_bytes(), &[0xff, 0xfe]].concat()).unwrap();
        assert_eq!(Curve::read(&path).unwrap().points(), [(10, 0.8), (14, 0.9)]);
        let row = Row {
            time: at(0),
            labels: 15,
            accuracy: 0.95,
        };
        append(&path, &[row]).unwrap();
        assert_eq!(
            Curve::read(&path).unwrap().points(),
            [(10, 0.8), (14, 0.9), (15, 0.95)]
        );
    }

    #[test]
    fn what_cannot_be_read_or_written_is_told() {
        let dir = tempfile::tempdir().unwrap();
        assert!(Curve::read(dir.path()).is_err());
        let told = append(dir.path(), &[]).unwrap_err().to_string();
        assert!(told.contains("is a folder"), "{told}");
        let labels = dir.path().join("a.csv");
        fs::write(&labels, "Serial,label\n1,2\n").unwrap();
        let row = Row {
            time: at(0),
            labels: 15,
            accuracy: 0.95,
        };
        assert!(append(&labels, &[row]).is_err(), "it is somebody else's");
        assert_eq!(fs::read_to_string(&labels).unwrap(), "Serial,label\n1,2\n");
    }
}
