//! Compressed `.npz` files that `numpy.load` reads, written as a stream: no array is held twice.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use npyz::WriterBuilder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::files::{Kind, Replacement};

use super::OutputError;

/// A `.npz` file that is being written. It stands at its path after [`NpzWriter::finish`] only.
pub struct NpzWriter {
    path: PathBuf,
    zip: ZipWriter<BufWriter<Output>>,
    failed: Failure,
}

/// The file. A failure is kept for [`NpzWriter`] to tell, and what comes after it goes nowhere: where an archive is dropped
/// whose end cannot be written, the zip crate prints that.
struct Output {
    file: Replacement,
    failed: Failure,
    position: u64,
    length: u64,
}

type Failure = Arc<Mutex<Option<io::Error>>>;

fn has_failed(failure: &Failure) -> bool {
    failure.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// The failure, which remains one.
fn check(failure: &Failure) -> io::Result<()> {
    match &*failure.lock().unwrap_or_else(PoisonError::into_inner) {
        None => Ok(()),
        Some(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

impl Output {
    fn fail(&self, error: io::Error) {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        failed.get_or_insert(error);
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = bytes.len();
        if !has_failed(&self.failed) {
            match self.file.write(bytes) {
                Ok(taken) => written = taken,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => self.fail(error),
            }
        }
        self.position += written as u64;
        self.length = self.length.max(self.position);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Output {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        }
        .ok_or(io::ErrorKind::InvalidInput)?;
        if !has_failed(&self.failed)
            && let Err(error) = self.file.seek(SeekFrom::Start(self.position))
        {
            self.fail(error);
        }
        Ok(self.position)
    }
}

impl NpzWriter {
    /// Begins an archive beside `path`, where it is put when it is finished.
    ///
    /// # Errors
    /// If something that is not of this kind stands there, or nothing can be written.
    pub fn create(path: &Path, kind: &'static Kind) -> Result<Self, OutputError> {
        let failed = Failure::default();
        let output = Output {
            file: Replacement::begin(path, kind)?,
            failed: failed.clone(),
            position: 0,
            length: 0,
        };
        Ok(Self {
            path: path.to_owned(),
            zip: ZipWriter::new(BufWriter::with_capacity(1 << 20, output)),
            failed,
        })
    }

    /// Writes `<name>.npy`, a float32 array of this shape, row-major, from consecutive chunks.
    pub fn f32_chunks<C: AsRef<[f32]>>(
        &mut self,
        name: &str,
        shape: &[usize],
        chunks: impl IntoIterator<Item = C>,
    ) -> Result<(), OutputError> {
        self.array(name, shape, chunks)
    }

    /// Writes `<name>.npy`, an int32 array of this shape, row-major, from consecutive chunks.
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
        let (zip, failed) = (&mut self.zip, &self.failed);
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
                check(failed)?;
            }
            array.finish()?;
            check(failed)
        };
        write().map_err(|source| OutputError::Write {
            path: self.path.clone(),
            source,
        })
    }

    /// Puts the file in its place, durably.
    pub fn finish(self) -> Result<(), OutputError> {
        let failed = |source| OutputError::Write {
            path: self.path.clone(),
            source,
        };
        let mut buffer = self.zip.finish().map_err(|error| failed(error.into()))?;
        buffer.flush().map_err(failed)?;
        let output = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
        check(&self.failed).map_err(failed)?;
        output.file.finish()?;
        Ok(())
    }
}

/// Whether it is a `.npz` file with these arrays.
pub fn holds_arrays(file: &mut BufReader<File>, names: &[&str]) -> io::Result<bool> {
    let archive = ZipArchive::new(file)?;
    let has = |name: &&str| archive.index_for_name(&format!("{name}.npy")).is_some();
    Ok(names.iter().all(has))
}
