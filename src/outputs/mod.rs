//! Files that are written for people and other programs: the loss history, its curves, the records of the runs, what the
//! model says of every image, views and chosen samples.

pub mod accuracy;
pub mod chosen;
pub mod clouds;
pub mod doubts;
pub mod figure;
pub mod history;
pub mod npz;
pub mod plot;
pub mod propagated;
pub mod results;
pub mod results_plot;
pub mod runs;
pub mod simulation;

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Compression, Encoder};
use tempfile::NamedTempFile;

use crate::checkpoint::CheckpointError;
use crate::effort::Cancelled;

/// Rows of a picture that are written at once.
const BAND: u32 = 64;

#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("{path}: cannot be written ({source}); choose another place or make room", path = path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{path}: the curves cannot be drawn ({problem})", path = path.display())]
    Plot { path: PathBuf, problem: String },
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// A temporary file beside `path`, whose folder is made where it is missing; [`put_in_place`] ends it.
fn temporary(path: &Path) -> Result<NamedTempFile, OutputError> {
    let begin = || {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        fs::create_dir_all(folder)?;
        NamedTempFile::new_in(folder)
    };
    begin().map_err(|source| OutputError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Replaces `path` by the finished file at once.
fn put_in_place(path: &Path, file: NamedTempFile) -> Result<(), OutputError> {
    let finish = || -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            file.as_file()
                .set_permissions(fs::Permissions::from_mode(0o644))?;
        }
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    finish().map_err(|source| OutputError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Writes bytes as a whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = temporary(path)?;
    file.write_all(bytes).map_err(|source| OutputError::Write {
        path: path.to_owned(),
        source,
    })?;
    put_in_place(path, file)
}

/// Writes a finished table as a whole or not at all.
fn write_csv(path: &Path, table: csv::Writer<Vec<u8>>) -> Result<(), OutputError> {
    let bytes = table.into_inner().map_err(|error| OutputError::Write {
        path: path.to_owned(),
        source: error.into_error(),
    })?;
    write(path, &bytes)
}

/// Writes a PNG of these pixels, row-major, and this width and height; `reached` hears how many rows are written.
fn write_png(
    path: &Path,
    pixels: &[u8],
    [width, height]: [u32; 2],
    color: ColorType,
    mut reached: impl FnMut(u32) -> Result<(), Cancelled>,
) -> Result<(), OutputError> {
    let failed = |source: io::Error| OutputError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = temporary(path)?;
    let mut encoder = Encoder::new(BufWriter::new(&mut file), width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let mut header = encoder.write_header().map_err(|error| failed(error.into()))?;
    let mut writer = header
        .stream_writer_with_size(1 << 20)
        .map_err(|error| failed(error.into()))?;
    let row = (width as usize * color.samples()).max(1);
    for (rows, band) in (0..).zip(pixels.chunks(row * BAND as usize)) {
        reached(rows * BAND)?;
        writer.write_all(band).map_err(failed)?;
    }
    writer.finish().map_err(|error| failed(error.into()))?;
    header.finish().map_err(|error| failed(error.into()))?;
    put_in_place(path, file)
}
