//! What a file says of an array before its values.

use std::io;
use std::path::{Path, PathBuf};

use super::error::DatasetError;
use super::number::Number;

/// An array in a file.
pub(super) struct Head {
    pub path: PathBuf,
    /// Its name, where the file holds several.
    pub array: Option<String>,
    pub number: Number,
    pub dims: Vec<usize>,
    /// Whether the first index runs fastest.
    pub fortran: bool,
}

impl Head {
    /// The file is malformed.
    pub fn broken(&self, problem: &str) -> DatasetError {
        broken(&self.path, self.array.as_deref(), problem)
    }

    /// The file is sound, and what it holds cannot be used.
    pub fn unfit(&self, found: &str, mend: &str) -> DatasetError {
        DatasetError::Unfit {
            path: self.path.clone(),
            problem: named(self.array.as_deref(), found),
            mend: mend.into(),
        }
    }

    /// Type and dimensions, such as `float32 [60000, 784]`.
    pub fn kind(&self) -> String {
        format!("{} {:?}", self.number.name(), self.dims)
    }

    /// Bytes of all values; `None`: more than there can be.
    pub fn bytes(&self) -> Option<u64> {
        let size = self.number.size() as u64;
        let bytes = self
            .dims
            .iter()
            .try_fold(size, |product, &length| product.checked_mul(length as u64));
        bytes.filter(|&bytes| isize::try_from(bytes).is_ok())
    }

    /// The index of the value that is this far from the first in the file.
    pub fn index(&self, at: u64) -> Vec<u64> {
        let mut left = at;
        let mut index = vec![0; self.dims.len()];
        let mut places: Vec<_> = index.iter_mut().zip(&self.dims).collect();
        if self.fortran {
            places.reverse();
        }
        for (place, &length) in places.into_iter().rev() {
            let length = (length as u64).max(1);
            *place = left % length;
            left /= length;
        }
        index
    }
}

pub(super) fn broken(path: &Path, array: Option<&str>, problem: &str) -> DatasetError {
    DatasetError::Broken {
        path: path.to_owned(),
        problem: named(array, problem),
    }
}

/// Damage within a packed file shows as these kinds; anything else is the disk's.
pub(super) fn failed(path: &Path, array: Option<&str>, source: io::Error) -> DatasetError {
    match source.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => broken(path, array, &format!("is damaged ({source})")),
        _ => unreadable(path, source),
    }
}

pub(super) fn unreadable(path: &Path, source: io::Error) -> DatasetError {
    DatasetError::Read {
        path: path.to_owned(),
        source,
    }
}

fn named(array: Option<&str>, problem: &str) -> String {
    array.map_or_else(|| problem.to_owned(), |array| format!("{array} {problem}"))
}
