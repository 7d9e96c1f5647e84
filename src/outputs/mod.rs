//! Files that are written for people and other programs: the loss history, its curves, the records of the runs, what the
//! model says of every image, views and chosen samples.

pub mod chosen;
pub mod figure;
pub mod history;
pub mod npz;
pub mod plot;
pub mod runs;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use tempfile::NamedTempFile;

#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("{path}: cannot be written ({source}); choose another place or make room", path = path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{path}: the curves cannot be drawn ({problem})", path = path.display())]
    Plot { path: PathBuf, problem: String },
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

/// Writes a PNG of these pixels, row-major, and this width and height.
fn write_png(
    path: &Path,
    pixels: &[u8],
    [width, height]: [u32; 2],
    color: ExtendedColorType,
) -> Result<(), OutputError> {
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(pixels, width, height, color)
        .map_err(|error| OutputError::Plot {
            path: path.to_owned(),
            problem: error.to_string(),
        })?;
    write(path, &png)
}
