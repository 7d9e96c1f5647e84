//! True labels from arrays: a number or a one-hot row for each image.

use std::collections::BTreeSet;

use crate::classes::ClassCount;

use super::error::DatasetError;
use super::head::Head;
use super::source::Source;

/// Columns of one-hot labels, at most.
const COLUMNS: usize = 1024;

/// Labels as a file has them.
pub(super) struct FileLabels {
    /// One per image; `None` where the file has none: −1, NaN, or a one-hot row of zeros.
    values: Vec<Option<i64>>,
    /// In how many columns the ones stand; `None` where labels are numbers.
    columns: Option<usize>,
}

impl FileLabels {
    /// Reads `[n]`, `[n, 1]`, or one-hot `[n, classes]`, of any type, for so many images.
    ///
    /// # Errors
    /// A file that is not sound, and labels that are not one whole number for each image.
    pub fn read(source: &Source, images: usize) -> Result<Self, DatasetError> {
        source.visit(|head, body| {
            let (labels, columns) = match *head.dims.as_slice() {
                [labels, ref rest @ ..] => (labels, rest.iter().product()),
                [] => (1, 1),
            };
            if labels != images {
                let found = format!("{labels} labels for {images} images ({})", head.kind());
                return Err(unfit(head, &format!("holds {found}")));
            }
            if columns == 0 || columns > COLUMNS {
                return Err(several(head, columns));
            }
            let one_hot = columns > 1;
            let mut values = vec![None; labels];
            let (mut row, mut column) = (0, 0);
            let mut fault = None;
            body.each(head, &mut |_, _| {}, |bytes| {
                head.number.each(bytes, |value| {
                    let slot = values.get_mut(row);
                    let taken = slot.map_or(Ok(()), |slot: &mut Option<i64>| {
                        take(slot, value, one_hot.then_some(column))
                    });
                    if let Err(problem) = taken {
                        fault.get_or_insert((row, problem));
                    }
                    (row, column) = next((row, column), [labels, columns], head.fortran);
                });
                match fault.take() {
                    Some((_, Fault::Several)) => Err(several(head, columns)),
                    Some((row, Fault::Odd(value))) => {
                        let found = format!("holds {value} as the label of sample {row}, no whole number");
                        Err(unfit(head, &format!("{found} ({})", head.kind())))
                    }
                    None => Ok(()),
                }
            })?;
            Ok(Self {
                values,
                columns: one_hot.then_some(columns),
            })
        })
    }

    /// The label of the first class: 1 where labels are counted from 1 to their greatest with no one left out, as EMNIST's
    /// letters are, and else 0.
    pub fn first(&self) -> i64 {
        let different: BTreeSet<i64> = self.values.iter().flatten().copied().collect();
        let from_one = different.iter().copied().eq(1..=different.len() as i64);
        i64::from(self.columns.is_none() && from_one && different.len() > 1)
    }

    /// The greatest label, if there is any.
    pub fn greatest(&self) -> Option<i64> {
        self.values.iter().flatten().copied().max()
    }

    /// How many classes the labels and the columns of ones ask for, where `first` is the label of the first; `None` where
    /// none are asked for, and where a label is none of [`ClassCount::MOST`].
    pub fn count(&self, first: i64) -> Option<ClassCount> {
        let classes = self.classes(first, ClassCount::MOST).ok()?;
        let columns = self.columns.and_then(|columns| ClassCount::new(columns).ok());
        columns.max(ClassCount::of(classes.into_iter().flatten()))
    }

    /// The class of each image, where `first` is the label of the first. This alone decides which labels are classes.
    ///
    /// # Errors
    /// A label that is none of the `among`.
    pub fn classes(&self, first: i64, among: ClassCount) -> Result<Vec<Option<u8>>, String> {
        let class = |(serial, label): (usize, &Option<i64>)| {
            let Some(label) = label else { return Ok(None) };
            let class = label
                .checked_sub(first)
                .and_then(|class| u8::try_from(class).ok());
            match class.filter(|&class| among.has(class)) {
                Some(class) => Ok(Some(class)),
                None => Err(format!(
                    "label {label} of sample {serial} is not one of {first}–{}",
                    first + i64::from(among.last())
                )),
            }
        };
        self.values.iter().enumerate().map(class).collect()
    }
}

enum Fault {
    /// A row is not one-hot.
    Several,
    /// A label is no whole number.
    Odd(f64),
}

/// Takes a value as the label, or as what is in this column of one-hot labels.
fn take(slot: &mut Option<i64>, value: f64, column: Option<usize>) -> Result<(), Fault> {
    match column {
        Some(_) if value == 0.0 => {}
        Some(column) if value == 1.0 && slot.is_none() => *slot = Some(column as i64),
        Some(_) => return Err(Fault::Several),
        None if value.is_nan() || value == -1.0 => {}
        // Greater ones are not whole any more.
        None if value.fract() == 0.0 && value.abs() < 9e15 => *slot = Some(value as i64),
        None => return Err(Fault::Odd(value)),
    }
    Ok(())
}

/// Row and column of the next value in the file.
fn next((row, column): (usize, usize), [rows, columns]: [usize; 2], fortran: bool) -> (usize, usize) {
    match fortran {
        true if row + 1 < rows => (row + 1, column),
        true => (0, column + 1),
        false if column + 1 < columns => (row, column + 1),
        false => (row + 1, 0),
    }
}

fn several(head: &Head, columns: usize) -> DatasetError {
    unfit(
        head,
        &format!(
            "holds {columns} labels for each sample ({}), which are not one-hot",
            head.kind()
        ),
    )
}

fn unfit(head: &Head, found: &str) -> DatasetError {
    head.unfit(
        found,
        "save one whole number for each image, −1 where there is none",
    )
}
