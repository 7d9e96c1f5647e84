//! Arrays in files: IDX, `.npy`, and the entries of `.npz` archives. A header is read and held against what the file has
//! room for; the values come in chunks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;
use npyz::{DType, NpyHeader, Order};

use crate::input;
use crate::npy::{self, DEFLATED};

use super::error::DatasetError;
use super::head::{Head, broken, failed, unreadable};
use super::idx;
use super::number::Number;
use super::web_page::{self, PROBLEM};

/// Hears how many bytes are read, and of how many.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Bytes of values that are in memory at a time: a multiple of every number's size.
const CHUNK: u64 = 256 << 10;

/// Where an array is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// An IDX file, packed or not.
    Idx(PathBuf),
    Npy(PathBuf),
    /// An entry of an archive.
    Npz(PathBuf, String),
}

/// The values of an array that are still to be read.
pub(super) struct Body<'a> {
    reader: &'a mut dyn Read,
    expected: u64,
    /// Why the file cannot hold them.
    shortage: Option<String>,
}

impl Source {
    pub fn path(&self) -> &Path {
        match self {
            Self::Idx(path) | Self::Npy(path) | Self::Npz(path, _) => path,
        }
    }

    /// Whether there is an array.
    ///
    /// # Errors
    /// As of [`Self::visit`].
    pub fn check(&self) -> Result<(), DatasetError> {
        self.visit(|_, _| Ok(()))
    }

    /// Opens the file, reads the header, and lets `visit` read the rest.
    ///
    /// # Errors
    /// A file that cannot be read, or a header that is none.
    pub fn visit<T>(
        &self,
        visit: impl FnOnce(&Head, Body) -> Result<T, DatasetError>,
    ) -> Result<T, DatasetError> {
        match self {
            Self::Idx(path) => {
                let (mut file, length) = open(path)?;
                let start = file.fill_buf().map_err(|source| failed(path, None, source))?;
                // The name does not tell: browsers unpack without renaming, and rename without unpacking.
                if start.starts_with(&[0x1f, 0x8b]) {
                    let most = length.saturating_mul(DEFLATED);
                    visit_idx(path, &mut MultiGzDecoder::new(file), visit, |_, expected| {
                        let problem = format!("claims {expected} bytes of data, which it has no room for");
                        (expected > most).then_some(problem)
                    })
                } else {
                    visit_idx(path, &mut file, visit, |begins, expected| {
                        let there = length.saturating_sub(begins);
                        (there < expected).then(|| cut_off(there, expected))
                    })
                }
            }
            Self::Npy(path) => {
                let (mut file, length) = open(path)?;
                let start = file.fill_buf().map_err(|source| failed(path, None, source))?;
                if web_page::is_one(start) {
                    return Err(broken(path, None, PROBLEM));
                }
                visit_npy(path, None, &mut file, length, visit)
            }
            Self::Npz(path, entry) => {
                let name = entry.strip_suffix(".npy").unwrap_or(entry);
                let array = Some(name);
                let damaged = |error: io::Error| broken(path, array, &format!("is damaged ({error})"));
                let mut archive = archive(path)?;
                let mut entry = archive.by_name(entry).map_err(|error| damaged(error.into()))?;
                let length = entry.size();
                if !npy::plausible(&entry) {
                    let problem = format!("claims {length} bytes, which the file has no room for");
                    return Err(broken(path, array, &problem));
                }
                visit_npy(path, array, &mut entry, length, visit)
            }
        }
    }
}

impl Body<'_> {
    /// Whether the file has room for the values; asked before room is made for them.
    ///
    /// # Errors
    /// If not.
    pub fn fits(&self, head: &Head) -> Result<(), DatasetError> {
        match &self.shortage {
            Some(problem) => Err(head.broken(problem)),
            None => Ok(()),
        }
    }

    /// Hands over the bytes of all values, whole numbers at a time.
    ///
    /// # Errors
    /// A file that is cut off, goes on, is damaged or cannot be read; and those of `take`.
    pub fn each(
        self,
        head: &Head,
        progress: Progress,
        mut take: impl FnMut(&[u8]) -> Result<(), DatasetError>,
    ) -> Result<(), DatasetError> {
        self.fits(head)?;
        let failed = |source| failed(&head.path, head.array.as_deref(), source);
        let mut chunk = Vec::new();
        let mut done = 0;
        while done < self.expected {
            let wanted = CHUNK.min(self.expected - done);
            chunk.clear();
            let mut part = Read::take(&mut *self.reader, wanted);
            part.read_to_end(&mut chunk).map_err(failed)?;
            done += chunk.len() as u64;
            progress(done, self.expected);
            if (chunk.len() as u64) < wanted {
                return Err(head.broken(&cut_off(done, self.expected)));
            }
            take(&chunk)?;
        }
        // This also makes a reader of a packed file check its checksum, which comes after the last byte.
        if self.reader.read(&mut [0]).map_err(failed)? > 0 {
            let problem = format!("goes on after its {} bytes of data", self.expected);
            return Err(head.broken(&problem));
        }
        Ok(())
    }
}

/// Opens an archive of arrays.
///
/// # Errors
/// If the file cannot be read, or is no archive.
pub(super) fn archive(path: &Path) -> Result<npy::Archive, DatasetError> {
    npy::archive(path).map_err(|source| match source.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Unsupported => {
            let page = open(path).is_ok_and(|(mut file, _)| file.fill_buf().is_ok_and(web_page::is_one));
            if page {
                broken(path, None, PROBLEM)
            } else {
                let problem = format!("is not an .npz file, or is damaged ({source})");
                broken(path, None, &problem)
            }
        }
        _ => unreadable(path, source),
    })
}

fn open(path: &Path) -> Result<(BufReader<File>, u64), DatasetError> {
    let file = input::open(path).map_err(|source| unreadable(path, source))?;
    let length = file.metadata().map_err(|source| unreadable(path, source))?.len();
    Ok((BufReader::new(file), length))
}

/// `shortage` says of the bytes of a header and of the values why the file cannot hold them.
fn visit_idx<T>(
    path: &Path,
    reader: &mut dyn Read,
    visit: impl FnOnce(&Head, Body) -> Result<T, DatasetError>,
    shortage: impl Fn(u64, u64) -> Option<String>,
) -> Result<T, DatasetError> {
    let (head, begins, expected) = idx::header(path, reader)?;
    let shortage = shortage(begins, expected);
    let body = Body {
        reader,
        expected,
        shortage,
    };
    visit(&head, body)
}

/// `length`: bytes of header and values.
fn visit_npy<T>(
    path: &Path,
    array: Option<&str>,
    reader: &mut dyn Read,
    length: u64,
    visit: impl FnOnce(&Head, Body) -> Result<T, DatasetError>,
) -> Result<T, DatasetError> {
    let (header, begins) = npy::header(&mut *reader).map_err(|source| {
        let problem = format!("is damaged ({source})");
        broken(path, array, &problem)
    })?;
    let unfit = |found: &str, mend: &str| DatasetError::Unfit {
        path: path.to_owned(),
        problem: array.map_or_else(|| found.into(), |array| format!("{array} {found}")),
        mend: mend.into(),
    };
    let DType::Plain(kind) = header.dtype() else {
        return Err(unfit("holds records, not numbers", "save its fields as arrays"));
    };
    let Some(number) = Number::of_numpy(&kind) else {
        let found = format!("holds {kind} of {:?}, not real numbers", header.shape());
        return Err(unfit(&found, "save it as integers or floats"));
    };
    let Some(expected) = npy::bytes(&header, length, begins) else {
        let problem = format!(
            "does not hold the bytes of an array of {} {:?}",
            number.name(),
            header.shape()
        );
        return Err(broken(path, array, &problem));
    };
    let head = Head {
        path: path.to_owned(),
        array: array.map(str::to_owned),
        number,
        dims: dims(&header),
        fortran: header.order() == Order::Fortran,
    };
    let body = Body {
        reader,
        expected,
        shortage: None,
    };
    visit(&head, body)
}

fn dims(header: &NpyHeader) -> Vec<usize> {
    header.shape().iter().map(|&length| length as usize).collect()
}

fn cut_off(found: u64, expected: u64) -> String {
    format!("is cut off: {found} of {expected} bytes of data")
}
