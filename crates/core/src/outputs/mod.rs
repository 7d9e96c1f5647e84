//! Files that are written for people and other programs: the loss history, its curves, the records of the runs, what the
//! model says of every image, views and chosen samples.

pub mod accuracy;
pub mod chosen;
pub mod clouds;
pub mod doubts;
pub mod figure;
pub mod history;
pub mod kinds;
pub mod npz;
pub mod plot;
pub mod propagated;
pub mod results;
pub mod results_plot;
pub mod runs;
pub mod simulation;

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use png::{BitDepth, ColorType, Compression, Encoder};

use crate::checkpoint::CheckpointError;
use crate::files::{FileError, Kind, Replacement, write};
use crate::job::Cancelled;

/// Rows of a picture that are written at once.
const BAND: u32 = 64;

/// Why a file was not written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The operating system refused.
    #[error("{path}: cannot be written ({source}); choose another place or make room", path = path.display())]
    Write {
        /// The file that was to be written.
        path: PathBuf,
        /// What the operating system answered.
        source: io::Error,
    },
    /// The plotting library refused.
    #[error("{path}: the curves cannot be drawn ({problem})", path = path.display())]
    Plot {
        /// The file that was to be written.
        path: PathBuf,
        /// What it says.
        problem: String,
    },
    /// Something else stands there, or the file cannot be put in its place.
    #[error(transparent)]
    File(#[from] FileError),
    /// A run's weights cannot be kept.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// It was cancelled; what was there stays.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Writes a finished table as a whole or not at all.
fn write_csv(path: &Path, kind: &'static Kind, table: csv::Writer<Vec<u8>>) -> Result<(), OutputError> {
    let bytes = table.into_inner().map_err(|error| OutputError::Write {
        path: path.to_owned(),
        source: error.into_error(),
    })?;
    Ok(write(path, kind, &bytes)?)
}

/// Writes a PNG with 8 bits per channel from `pixels`, row-major `[height, width, channels]`. `reached` hears how many rows
/// are written.
///
/// # Errors
/// If the file cannot be written, or `reached` says that it was cancelled.
pub fn write_png(
    path: &Path,
    kind: &'static Kind,
    pixels: &[u8],
    [width, height]: [u32; 2],
    color: ColorType,
    mut reached: impl FnMut(u32) -> Result<(), Cancelled>,
) -> Result<(), OutputError> {
    let failed = |source: io::Error| OutputError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = Replacement::begin(path, kind)?;
    let mut encoder = Encoder::new(BufWriter::new(&mut file), width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder
        .add_text_chunk("Software".into(), kinds::SOFTWARE.into())
        .map_err(|error| failed(error.into()))?;
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
    file.finish()?;
    Ok(())
}
