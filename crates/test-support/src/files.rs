//! Files in the formats that the dashboard reads, and what it writes for NumPy.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::outcome::Outcome;

/// An IDX file of unsigned bytes (LeCun, "The MNIST database", file formats).
pub fn idx(dims: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, dims.len() as u8];
    bytes.extend(dims.iter().flat_map(|dim| dim.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// The same bytes, packed by gzip.
///
/// # Errors
///
/// None, in memory.
pub fn gz(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// An `.npz` archive of these `.npy` files, named without the extension.
///
/// # Errors
///
/// A name that a ZIP archive cannot have.
pub fn npz<B: AsRef<[u8]>>(arrays: &[(&str, B)], method: CompressionMethod) -> io::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in arrays {
        let options = SimpleFileOptions::default().compression_method(method);
        zip.start_file(format!("{name}.npy"), options)?;
        zip.write_all(bytes.as_ref())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Shape and values of one array of an `.npz` file; integers of 4 and 8 bytes are converted.
///
/// # Errors
///
/// There is no such file or array, or the array has another type.
pub fn read_npz(path: &Path, name: &str) -> Outcome<(Vec<u64>, Vec<f32>)> {
    let mut archive = zip::ZipArchive::new(File::open(path)?)?;
    let file = npyz::NpyFile::new(archive.by_name(&format!("{name}.npy"))?)?;
    let shape = file.shape().to_vec();
    let data = match file.dtype() {
        npyz::DType::Plain(kind) if kind.to_string().contains("i4") => {
            file.into_vec::<i32>()?.into_iter().map(|x| x as f32).collect()
        }
        npyz::DType::Plain(kind) if kind.to_string().contains("i8") => {
            file.into_vec::<i64>()?.into_iter().map(|x| x as f32).collect()
        }
        _ => file.into_vec::<f32>()?,
    };
    Ok((shape, data))
}
