//! Files, good and bad.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use ssvae_test_support::{idx, npz};
use zip::CompressionMethod;

use crate::reader::SAMPLES;

pub const IMAGES: &str = "data/train-images-idx3-ubyte";
pub const TRUTH: &str = "data/train-labels-idx1-ubyte";
const SIDE: usize = 28;

/// A small data set that can be used, with labels.
pub fn good(root: &Path) -> io::Result<()> {
    fs::create_dir(root.join("data"))?;
    let dims = [SAMPLES as u32, SIDE as u32, SIDE as u32];
    fs::write(root.join(IMAGES), idx(&dims, &pixels()))?;
    fs::write(root.join("data/labels.csv"), "Serial,label\n0,5\n1,3\n")
}

pub fn pixels() -> Vec<u8> {
    (0..SAMPLES * SIDE * SIDE)
        .map(|i| (i * 7919 % 251) as u8)
        .collect()
}

/// Zeros, packed, without ever holding them.
pub fn gz_zeros(start: &[u8], zeros: usize) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(start)?;
    for _ in 0..zeros >> 16 {
        encoder.write_all(&[0; 1 << 16])?;
    }
    encoder.finish()
}

/// An array in NumPy's format with this description and data.
pub fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    npy_text(
        &format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n"),
        data,
    )
}

pub fn npy_text(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u32).to_le_bytes();
    [b"\x93NUMPY\x02\0", &length[..], header.as_bytes(), data].concat()
}

/// The usual images.
pub fn npy_images() -> Vec<u8> {
    npy("'|u1'", &format!("({SAMPLES}, {SIDE}, {SIDE})"), &pixels())
}

/// The data folder has this archive in the place of its images.
pub fn put_npz(root: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::remove_file(root.join(IMAGES))?;
    fs::write(root.join("data/x.npz"), bytes)
}

/// The same with this array of training images.
pub fn put_array(root: &Path, array: &[u8]) -> io::Result<()> {
    put_npz(root, &npz(&[("x_train", array)], CompressionMethod::Deflated)?)
}

/// Overwrites bytes in the archive's directory, in the entry of the first file.
pub fn in_directory(mut archive: Vec<u8>, at: usize, bytes: &[u8]) -> Vec<u8> {
    if let Some(start) = archive.windows(4).position(|bytes| bytes == b"PK\x01\x02") {
        archive[start + at..start + at + bytes.len()].copy_from_slice(bytes);
    }
    archive
}

pub fn fifo(path: &Path) -> io::Result<()> {
    let made = Command::new("mkfifo").arg(path).status()?;
    made.success()
        .then_some(())
        .ok_or_else(|| io::Error::other("mkfifo failed"))
}

pub fn socket(path: &Path) -> io::Result<()> {
    UnixListener::bind(path).map(|_| ())
}

/// A file of this length without blocks on the disk.
pub fn sparse(path: &Path, length: u64) -> io::Result<()> {
    File::create(path)?.set_len(length)
}

/// The same text very often, without holding it.
pub fn repeated(path: &Path, start: &str, text: &str, times: usize) -> io::Result<()> {
    let mut file = io::BufWriter::new(File::create(path)?);
    file.write_all(start.as_bytes())?;
    for _ in 0..times {
        file.write_all(text.as_bytes())?;
    }
    file.flush()
}
