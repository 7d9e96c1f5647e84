//! Replacing a file so that, whatever happens, its old or its new content stands there in full.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Checkpoint, CheckpointError, OptimizerLayout, Parameters, encode, load};

/// Writes a checkpoint atomically. The previous file stands as `<name>.bak` from before the change until the new one is
/// on the disk; a `.bak` that is still there tells of a crash in between. The file of another network stays there for good,
/// and is returned; a later one has another name, such as `<name>.2.bak`.
///
/// # Errors
/// If it cannot be written; the previous file stays.
pub fn save(
    path: &Path,
    checkpoint: &Checkpoint,
    layout: OptimizerLayout,
) -> Result<Option<PathBuf>, CheckpointError> {
    let bytes = encode(checkpoint, layout);
    let write = || -> io::Result<Option<PathBuf>> {
        // A link stays one, as Python's `open` leaves it.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let backup = backups(&path)
            .find(|backup| !is_of_another_network(backup, checkpoint))
            .unwrap_or_default();
        let previous = path.exists();
        let another = is_of_another_network(&path, checkpoint);
        if previous {
            remove(&backup)?;
            fs::hard_link(&path, &backup).or_else(|_| fs::copy(&path, &backup).map(|_| ()))?;
        }
        replace(&path, &bytes)?;
        if previous && !another {
            remove(&backup)?;
        }
        Ok(another.then_some(backup))
    };
    write().map_err(|source| CheckpointError::Write {
        path: path.to_owned(),
        source,
    })
}

/// Puts a new file in the place of `path` at once; when this returns, it is on the disk.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder(path);
    fs::create_dir_all(&folder)?;
    let mut file = NamedTempFile::new_in(&folder)?;
    file.write_all(bytes)?;
    set_mode(path, file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    File::open(&folder)?.sync_all()
}

/// Says early whether [`save`] can write there, without touching what is there.
pub fn check_writable(path: &Path) -> Result<(), CheckpointError> {
    let folder = folder(path);
    let probe = || -> io::Result<()> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        fs::create_dir_all(&folder)?;
        NamedTempFile::new_in(&folder).map(|_| ())
    };
    probe().map_err(|source| CheckpointError::Write {
        path: path.to_owned(),
        source,
    })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// `<name>.bak`, `<name>.2.bak` and so on.
fn backups(path: &Path) -> impl Iterator<Item = PathBuf> {
    let endings = std::iter::once(".bak".to_owned()).chain((2..).map(|number| format!(".{number}.bak")));
    endings.map(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        name.into()
    })
}

/// Whether a checkpoint with other parameters stands there.
fn is_of_another_network(path: &Path, checkpoint: &Checkpoint) -> bool {
    let shapes = |parameters: &Parameters| -> Vec<(String, Vec<usize>)> {
        let tensors = parameters.0.iter();
        tensors
            .map(|(name, tensor)| (name.clone(), tensor.shape.clone()))
            .collect()
    };
    path.is_file() && load(path).is_ok_and(|there| shapes(&there.params) != shapes(&checkpoint.params))
}

/// A temporary file is private; the new file has its predecessor's mode, or a usual one.
#[cfg(unix)]
fn set_mode(path: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_or(0o644, |old| old.permissions().mode());
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _file: &File) -> io::Result<()> {
    Ok(())
}
