//! The header of an IDX file: a magic number that tells type and rank, and one big-endian `u32` per dimension
//! (<https://yann.lecun.org/exdb/mnist/>).

use std::io::{self, Read};
use std::path::Path;

use super::error::DatasetError;
use super::head::{Head, broken, failed};
use super::number::Number;
use super::web_page::{self, PROBLEM};

/// Dimensions of an array, at most.
const RANK: u8 = 4;

/// The array, how many bytes its header takes, and how many its values.
///
/// # Errors
/// A file that is none, and a header that makes no sense.
pub(super) fn header(path: &Path, reader: &mut dyn Read) -> Result<(Head, u64, u64), DatasetError> {
    let mut magic = [0; 4];
    fill(path, reader, &mut magic)?;
    let [0, 0, code, rank] = magic else {
        let mut start = magic.to_vec();
        reader
            .take(512)
            .read_to_end(&mut start)
            .map_err(|source| failed(path, None, source))?;
        let problem = if web_page::is_one(&start) {
            PROBLEM
        } else {
            "is not an IDX file"
        };
        return Err(broken(path, None, problem));
    };
    let Some(number) = Number::of_idx(code) else {
        let problem = format!("holds values of type 0x{code:02x}, which IDX does not know");
        return Err(broken(path, None, &problem));
    };
    if rank > RANK {
        let problem = format!("has {rank} dimensions, where {RANK} are the most");
        return Err(broken(path, None, &problem));
    }
    let mut sizes = vec![0; 4 * usize::from(rank)];
    fill(path, reader, &mut sizes)?;
    let (sizes, _) = sizes.as_chunks();
    let sizes: Vec<u32> = sizes.iter().map(|&size| u32::from_be_bytes(size)).collect();
    let head = Head {
        path: path.to_owned(),
        array: None,
        number,
        dims: sizes.iter().map(|&size| size as usize).collect(),
        fortran: false,
    };
    match head.bytes() {
        Some(expected) => Ok((head, 4 + 4 * u64::from(rank), expected)),
        None => Err(head.broken(&format!("claims an impossible size of {sizes:?}"))),
    }
}

fn fill(path: &Path, reader: &mut dyn Read, bytes: &mut [u8]) -> Result<(), DatasetError> {
    reader.read_exact(bytes).map_err(|source| match source.kind() {
        io::ErrorKind::UnexpectedEof => broken(path, None, "ends within its header"),
        _ => failed(path, None, source),
    })
}
