//! The IDX format: a big-endian header (magic, one `u32` per dimension), then the data, one byte per value here.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::input;
use crate::npy::DEFLATED;

use super::DatasetError;
use super::array::{ByteArray, check_images, one_each};
use super::watched::{Progress, Watched};

/// Says whether an array of these dimensions is what is wanted, before its data are read.
type Check<'a> = &'a dyn Fn(&Path, &[usize]) -> Result<(), DatasetError>;

/// Type code of unsigned bytes in the magic number.
const UNSIGNED_BYTE: u8 = 0x08;

/// What is reserved on the word of a compressed file's header; the rest grows as data really comes.
const TRUSTED_CLAIM: u64 = 64 << 20;

/// `<prefix>-images-idx3-ubyte[.gz]` of `dir`, or `…-idx4-…` in colour; `None` where there is neither.
pub(super) fn read_images(
    dir: &Path,
    prefix: &str,
    progress: Progress,
) -> Result<Option<ByteArray>, DatasetError> {
    match read(
        dir,
        &format!("{prefix}-images-idx3-ubyte"),
        3,
        &check_images,
        progress,
    )? {
        Some(grey) => Ok(Some(grey)),
        None => read(
            dir,
            &format!("{prefix}-images-idx4-ubyte"),
            4,
            &check_images,
            progress,
        ),
    }
}

/// `<prefix>-labels-idx1-ubyte[.gz]` of `dir`, one per image, `None` where there is none.
pub(super) fn read_labels(
    dir: &Path,
    prefix: &str,
    images: usize,
) -> Result<Option<ByteArray>, DatasetError> {
    let name = format!("{prefix}-labels-idx1-ubyte");
    read(dir, &name, 1, &one_each(images), &mut |_, _| {})
}

fn read(
    dir: &Path,
    name: &str,
    rank: usize,
    check: Check,
    progress: Progress,
) -> Result<Option<ByteArray>, DatasetError> {
    let plain = dir.join(name);
    if let Some(file) = open(&plain)? {
        return unpack(&plain, BufReader::new(file), u64::MAX, rank, check, progress).map(Some);
    }
    let packed = dir.join(format!("{name}.gz"));
    let Some(file) = open(&packed)? else {
        return Ok(None);
    };
    let length = length(&packed, &file)?;
    let unpacked = MultiGzDecoder::new(BufReader::new(file));
    let most = length.saturating_mul(DEFLATED);
    unpack(&packed, unpacked, most, rank, check, progress).map(Some)
}

fn open(path: &Path) -> Result<Option<File>, DatasetError> {
    match input::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(unreadable(path, source)),
    }
}

fn length(path: &Path, file: &File) -> Result<u64, DatasetError> {
    let metadata = file.metadata().map_err(|source| unreadable(path, source))?;
    Ok(metadata.len())
}

/// Reads header and data, of which `most` bytes can come; never reserves more than [`TRUSTED_CLAIM`] before they have.
fn unpack(
    path: &Path,
    mut reader: impl Read,
    most: u64,
    rank: usize,
    check: Check,
    progress: Progress,
) -> Result<ByteArray, DatasetError> {
    let (dims, expected) = header(path, &mut reader, rank)?;
    check(path, &dims)?;
    if expected > most {
        return Err(broken(
            path,
            format!("claims {expected} bytes of data, which it has no room for"),
        ));
    }
    let mut data = Vec::with_capacity(expected.min(TRUSTED_CLAIM) as usize);
    Watched::new(reader.by_ref(), expected, progress)
        .take(expected)
        .read_to_end(&mut data)
        .map_err(|source| failed(path, source))?;
    if (data.len() as u64) < expected {
        return Err(cut_off(path, data.len() as u64, expected));
    }
    // This also makes a gzip reader check its checksum, which comes after the last byte.
    if reader.read(&mut [0]).map_err(|source| failed(path, source))? > 0 {
        return Err(goes_on(path, expected));
    }
    Ok(ByteArray {
        path: path.to_owned(),
        dims,
        data: data.into(),
    })
}

fn cut_off(path: &Path, found: u64, expected: u64) -> DatasetError {
    broken(path, format!("is cut off: {found} of {expected} bytes of data"))
}

fn goes_on(path: &Path, expected: u64) -> DatasetError {
    broken(path, format!("goes on after its {expected} bytes of data"))
}

/// Dimensions, and the number of bytes that follow.
fn header(path: &Path, reader: &mut impl Read, rank: usize) -> Result<(Vec<usize>, u64), DatasetError> {
    let mut header = vec![0; 4 + 4 * rank];
    reader
        .read_exact(&mut header)
        .map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => broken(path, "ends within its header".into()),
            _ => failed(path, source),
        })?;
    let [0, 0, kind, dimensions, sizes @ ..] = header.as_slice() else {
        return Err(broken(path, "is not an IDX file".into()));
    };
    if *kind != UNSIGNED_BYTE {
        let problem = format!("holds values of type 0x{kind:02x}, not unsigned bytes (0x08)");
        return Err(broken(path, problem));
    }
    if usize::from(*dimensions) != rank {
        return Err(broken(path, format!("has {dimensions} dimensions, not {rank}")));
    }
    let sizes: Vec<u32> = sizes
        .chunks_exact(4)
        .map(|size| size.iter().fold(0, |value, &byte| value << 8 | u32::from(byte)))
        .collect();
    let expected = sizes
        .iter()
        .try_fold(1u64, |product, &size| product.checked_mul(u64::from(size)))
        .filter(|&bytes| isize::try_from(bytes).is_ok())
        .ok_or_else(|| broken(path, format!("claims an impossible size of {sizes:?}")))?;

    Ok((sizes.iter().map(|&size| size as usize).collect(), expected))
}

/// Damage within a gzip stream shows as these kinds; anything else is the disk's.
fn failed(path: &Path, source: io::Error) -> DatasetError {
    match source.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
            broken(path, format!("is damaged ({source})"))
        }
        _ => unreadable(path, source),
    }
}

fn unreadable(path: &Path, source: io::Error) -> DatasetError {
    DatasetError::Read {
        path: path.to_owned(),
        source,
    }
}

fn broken(path: &Path, problem: String) -> DatasetError {
    DatasetError::Broken {
        path: path.to_owned(),
        problem,
    }
}
