//! Compressed `.npz` files that `numpy.load` reads, written as a stream: no array is held twice.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use npyz::WriterBuilder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::files::{Kind, Replacement};

use super::OutputError;

/// A file under way; it stands at its path after [`NpzWriter::finish`] only.
pub struct NpzWriter {
    path: PathBuf,
    zip: ZipWriter<BufWriter<Replacement>>,
}

impl NpzWriter {
    pub fn create(path: &Path, kind: &'static Kind) -> Result<Self, OutputError> {
        let file = Replacement::begin(path, kind)?;
        Ok(Self {
            path: path.to_owned(),
            zip: ZipWriter::new(BufWriter::with_capacity(1 << 20, file)),
        })
    }

    /// An f32 array of this shape from consecutive chunks.
    pub fn f32_chunks<C: AsRef<[f32]>>(
        &mut self,
        name: &str,
        shape: &[usize],
        chunks: impl IntoIterator<Item = C>,
    ) -> Result<(), OutputError> {
        self.array(name, shape, chunks)
    }

    /// An int32 array of this shape from consecutive chunks.
    pub fn i32_chunks<C: AsRef<[i32]>>(
        &mut self,
        name: &str,
        shape: &[usize],
        chunks: impl IntoIterator<Item = C>,
    ) -> Result<(), OutputError> {
        self.array(name, shape, chunks)
    }

    /// An array of this shape from consecutive chunks.
    pub(super) fn array<T: npyz::AutoSerialize + Copy, C: AsRef<[T]>>(
        &mut self,
        name: &str,
        shape: &[usize],
        chunks: impl IntoIterator<Item = C>,
    ) -> Result<(), OutputError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .large_file(true);
        let zip = &mut self.zip;
        let write = || -> io::Result<()> {
            zip.start_file(format!("{name}.npy"), options)?;
            let shape: Vec<u64> = shape.iter().map(|&length| length as u64).collect();
            // npyz writes number by number; the buffer spares the compressor that.
            let buffer = BufWriter::with_capacity(1 << 16, zip);
            let mut array = npyz::WriteOptions::new()
                .default_dtype()
                .shape(&shape)
                .writer(buffer)
                .begin_nd()?;
            for chunk in chunks {
                array.extend(chunk.as_ref().iter().copied())?;
            }
            array.finish()
        };
        write().map_err(|source| OutputError::Write {
            path: self.path.clone(),
            source,
        })
    }

    /// Puts the finished file in its place.
    pub fn finish(self) -> Result<(), OutputError> {
        let failed = |source| OutputError::Write {
            path: self.path.clone(),
            source,
        };
        let mut buffer = self.zip.finish().map_err(|error| failed(error.into()))?;
        buffer.flush().map_err(failed)?;
        let file = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
        file.finish()?;
        Ok(())
    }
}

/// Whether it is a `.npz` file with these arrays.
pub fn holds_arrays(file: &mut BufReader<File>, names: &[&str]) -> io::Result<bool> {
    let archive = ZipArchive::new(file)?;
    let has = |name: &&str| archive.index_for_name(&format!("{name}.npy")).is_some();
    Ok(names.iter().all(has))
}
