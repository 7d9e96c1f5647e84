//! `.npz` archives and the heads of their arrays, in NumPy's format (<https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>), held
//! against limits before it is parsed, and what an `.npz` file claims of its arrays.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use npyz::{DType, NpyHeader};
use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use crate::input;

/// Longest header; NumPy reads no longer one without being told to.
const LONGEST: usize = 10_000;

/// Brackets within brackets: the time that the parser takes is multiplied with each. A plain array has two, records have
/// four.
const DEPTH: usize = 4;

/// No byte of a deflated stream stands for more (<https://zlib.net/zlib_tech.html>).
pub const DEFLATED: u64 = 1032;

/// Bytes at a zip file's end in which its directory is named: 22, and a comment
/// (<https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>, 4.3.16).
const END: u64 = 22 + 65_535;

pub type Archive = ZipArchive<BufReader<File>>;

/// Reads the header, and tells how many bytes it takes.
///
/// # Errors
/// If it is none, or larger or deeper than those of arrays are.
pub fn header(mut reader: impl Read) -> io::Result<(NpyHeader, u64)> {
    let mut head = vec![0; 8];
    reader.read_exact(&mut head)?;
    if !head.starts_with(b"\x93NUMPY") {
        return Err(invalid("no NumPy array"));
    }
    // The length takes four bytes from the second version on.
    let width = if head.get(6) == Some(&1) { 2 } else { 4 };
    reader.by_ref().take(width).read_to_end(&mut head)?;
    let length = head.get(8..).unwrap_or_default().iter().rev();
    let length = length.fold(0, |length, &byte| length << 8 | usize::from(byte));
    if length > LONGEST {
        return Err(invalid(format!(
            "a header of {length} bytes, where {LONGEST} are the most"
        )));
    }
    let begins = head.len() + length;
    reader.take(length as u64).read_to_end(&mut head)?;
    if head.len() < begins {
        return Err(invalid("it ends within its header"));
    }
    if depth(&head) > DEPTH {
        return Err(invalid(format!("a header with brackets more than {DEPTH} deep")));
    }
    Ok((NpyHeader::from_reader(head.as_slice())?, begins as u64))
}

/// How deep brackets lie within brackets.
fn depth(text: &[u8]) -> usize {
    let depths = text.iter().scan(0_usize, |depth, byte| {
        match byte {
            b'(' | b'[' | b'{' => *depth += 1,
            b')' | b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or_default()
}

/// Opens an archive of arrays.
///
/// # Errors
/// If the file cannot be read, or is no archive.
pub fn archive(path: &Path) -> io::Result<Archive> {
    let mut file = input::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut end = Vec::new();
    file.by_ref().take(END).read_to_end(&mut end)?;
    // The reader would look for it in all of the file.
    if !end.windows(4).any(|bytes| bytes == b"PK\x05\x06") {
        return Err(invalid("it does not end as archives do"));
    }
    file.rewind()?;
    Ok(ZipArchive::new(BufReader::new(file))?)
}

/// Bytes of an array of these numbers, where that is as much as the entry of a `.npz` file has left after `begins`.
pub fn bytes(header: &NpyHeader, length: u64, begins: u64) -> Option<u64> {
    let DType::Plain(kind) = header.dtype() else {
        return None;
    };
    let mut sizes = header.shape().iter();
    let bytes = sizes.try_fold(kind.size_field(), |product, &size| product.checked_mul(size))?;
    let fits = isize::try_from(bytes).is_ok() && length.checked_sub(begins) == Some(bytes);
    fits.then_some(bytes)
}

/// Whether the file has room for what the entry claims to hold.
pub fn plausible<R: Read>(entry: &ZipFile<'_, R>) -> bool {
    match entry.compression() {
        CompressionMethod::Stored => entry.size() == entry.compressed_size(),
        _ => entry.size() <= entry.compressed_size().saturating_mul(DEFLATED),
    }
}

fn invalid(problem: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(version: u8, text: &str) -> Vec<u8> {
        let length = (text.len() as u32).to_le_bytes();
        let width = if version == 1 { 2 } else { 4 };
        [
            b"\x93NUMPY",
            &[version, 0][..],
            &length[..width],
            text.as_bytes(),
            &[7; 4],
        ]
        .concat()
    }

    #[test]
    fn arrays_of_each_version_are_known_and_where_their_data_begin() {
        let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
        for version in [1, 2, 3] {
            let file = array(version, text);
            let (header, begins) = header(file.as_slice()).unwrap();
            assert_eq!(file[begins as usize..], [7; 4]);
            assert_eq!(header.shape(), [2, 2]);
            assert_eq!(bytes(&header, begins + 4, begins), Some(4));
            assert_eq!(bytes(&header, begins + 5, begins), None);
        }
    }

    #[test]
    fn nesting_and_length_are_limited_before_anything_is_parsed() {
        let deep = format!(
            "{{'descr': {}{}, 'fortran_order': False, 'shape': (2, 2), }}",
            "[".repeat(60),
            "]".repeat(60)
        );
        let long = " ".repeat(60_000);
        for text in [deep, long, "{'descr'".into()] {
            assert!(header(array(1, &text).as_slice()).is_err());
        }
        let claims = [b"\x93NUMPY\x02\0".as_slice(), &[255; 4]].concat();
        assert!(header(claims.as_slice()).is_err());
    }
}
