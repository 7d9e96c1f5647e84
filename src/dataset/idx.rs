//! The IDX format: a big-endian header (magic, one `u32` per dimension), then the data, one byte per value here.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::bufread::MultiGzDecoder;

use super::DatasetError;

/// Type code of unsigned bytes in the magic number.
const UNSIGNED_BYTE: u8 = 0x08;

/// What is reserved on the word of a compressed file's header; the rest grows as data really comes.
const TRUSTED_CLAIM: u64 = 64 << 20;

pub(super) struct IdxFile {
    path: PathBuf,
    dims: Vec<usize>,
    /// As many bytes as the product of the dimensions.
    pub data: Vec<u8>,
}

impl IdxFile {
    pub fn count(&self) -> usize {
        self.dims[0]
    }

    /// Height and width of an image.
    pub fn size(&self) -> [usize; 2] {
        [self.dims[1], self.dims[2]]
    }

    pub fn pixels(&self) -> usize {
        self.dims[1] * self.dims[2]
    }

    pub fn broken(&self, problem: String) -> DatasetError {
        broken(&self.path, problem)
    }
}

/// `<prefix>-images-idx3-ubyte[.gz]` of `dir`: at least one image of at least one pixel.
pub(super) fn read_images(dir: &Path, prefix: &str) -> Result<IdxFile, DatasetError> {
    let name = format!("{prefix}-images-idx3-ubyte");
    let images = read(dir, &name, 3)?.ok_or_else(|| DatasetError::NoFile {
        dir: dir.to_owned(),
        name,
    })?;
    match images.dims.as_slice() {
        [0, ..] => Err(images.broken("holds no images".into())),
        [_, height, width] if height * width == 0 => {
            Err(images.broken(format!("images of {height}×{width} pixels")))
        }
        _ => Ok(images),
    }
}

/// `<prefix>-labels-idx1-ubyte[.gz]` of `dir`, `None` where there is none.
pub(super) fn read_labels(dir: &Path, prefix: &str) -> Result<Option<IdxFile>, DatasetError> {
    read(dir, &format!("{prefix}-labels-idx1-ubyte"), 1)
}

fn read(dir: &Path, name: &str, rank: usize) -> Result<Option<IdxFile>, DatasetError> {
    let plain = dir.join(name);
    if let Some(file) = open(&plain)? {
        let length = file
            .metadata()
            .map_err(|source| unreadable(&plain, source))?
            .len();
        return parse(&plain, io::BufReader::new(file), rank, length).map(Some);
    }
    let packed = dir.join(format!("{name}.gz"));
    let Some(mut file) = open(&packed)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|source| unreadable(&packed, source))?;
    parse(
        &packed,
        MultiGzDecoder::new(bytes.as_slice()),
        rank,
        TRUSTED_CLAIM,
    )
    .map(Some)
}

fn open(path: &Path) -> Result<Option<File>, DatasetError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(unreadable(path, source)),
    }
}

/// Reads header and data; never reserves more than `trusted` bytes before they have come.
fn parse(path: &Path, mut reader: impl Read, rank: usize, trusted: u64) -> Result<IdxFile, DatasetError> {
    let mut header = [0; 16];
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

    let mut data = Vec::with_capacity(expected.min(trusted) as usize);
    reader
        .by_ref()
        .take(expected)
        .read_to_end(&mut data)
        .map_err(|source| failed(path, source))?;
    if (data.len() as u64) < expected {
        return Err(broken(
            path,
            format!("is cut off: {} of {expected} bytes of data", data.len()),
        ));
    }
    // This also makes a gzip reader check its checksum, which comes after the last byte.
    if reader.read(&mut [0]).map_err(|source| failed(path, source))? > 0 {
        return Err(broken(
            path,
            format!("goes on after its {expected} bytes of data"),
        ));
    }
    Ok(IdxFile {
        path: path.to_owned(),
        dims: sizes.iter().map(|&size| size as usize).collect(),
        data,
    })
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
