//! The IDX format: a big-endian header (magic, one `u32` per dimension), then the data, one byte per value here.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use super::DatasetError;
use super::array::ByteArray;
use super::watched::{Progress, Watched};

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
    match read(dir, &format!("{prefix}-images-idx3-ubyte"), 3, progress)? {
        Some(grey) => Ok(Some(grey)),
        None => read(dir, &format!("{prefix}-images-idx4-ubyte"), 4, progress),
    }
}

/// `<prefix>-labels-idx1-ubyte[.gz]` of `dir`, `None` where there is none.
pub(super) fn read_labels(dir: &Path, prefix: &str) -> Result<Option<ByteArray>, DatasetError> {
    read(dir, &format!("{prefix}-labels-idx1-ubyte"), 1, &mut |_, _| {})
}

fn read(dir: &Path, name: &str, rank: usize, progress: Progress) -> Result<Option<ByteArray>, DatasetError> {
    let plain = dir.join(name);
    if let Some(file) = open(&plain)? {
        return unpack(&plain, file, rank, progress).map(Some);
    }
    let packed = dir.join(format!("{name}.gz"));
    let Some(mut file) = open(&packed)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|source| unreadable(&packed, source))?;
    unpack(&packed, MultiGzDecoder::new(bytes.as_slice()), rank, progress).map(Some)
}

fn open(path: &Path) -> Result<Option<File>, DatasetError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(unreadable(path, source)),
    }
}

/// Reads header and data; never reserves more than [`TRUSTED_CLAIM`] before it has come.
fn unpack(
    path: &Path,
    mut reader: impl Read,
    rank: usize,
    progress: Progress,
) -> Result<ByteArray, DatasetError> {
    let (dims, expected) = header(path, &mut reader, rank)?;
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
    let mut header = [0; 20];
    let header = &mut header[..4 + 4 * rank];
    reader.read_exact(header).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => broken(path, "ends within its header".into()),
        _ => failed(path, source),
    })?;
    let (magic, sizes) = header.split_at(4);
    if magic[..2] != [0, 0] {
        return Err(broken(path, "is not an IDX file".into()));
    }
    if magic[2] != UNSIGNED_BYTE {
        return Err(broken(
            path,
            format!(
                "holds values of type 0x{:02x}, not unsigned bytes (0x08)",
                magic[2]
            ),
        ));
    }
    if usize::from(magic[3]) != rank {
        return Err(broken(path, format!("has {} dimensions, not {rank}", magic[3])));
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
