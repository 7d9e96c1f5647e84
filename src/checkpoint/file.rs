//! A checkpoint on the disk.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rmpv::Value;
use tempfile::NamedTempFile;

use super::optimizer_state;
use super::tree::{get, merge, put, tensors};
use super::{Checkpoint, CheckpointError, OptimizerLayout, array};

/// Deepest nesting that is read; a checkpoint has about eight levels.
const DEPTH: usize = 64;

/// Reads a checkpoint. It is not checked against an architecture yet.
pub fn load(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let bytes = fs::read(path).map_err(|source| CheckpointError::Read {
        path: path.to_owned(),
        source,
    })?;
    let broken = |problem: String| CheckpointError::Broken {
        path: path.to_owned(),
        problem,
    };
    let mut rest = bytes.as_slice();
    let document =
        rmpv::decode::read_value_with_max_depth(&mut rest, DEPTH).map_err(|e| broken(e.to_string()))?;
    if !rest.is_empty() {
        return Err(broken(format!("{} bytes follow its end", rest.len())));
    }
    let params = get(&document, "params").ok_or_else(|| broken("it has no params".into()))?;
    let params = tensors(params).map_err(|problems| broken(problems.join("; ")))?;
    let moments = match get(&document, "opt_state") {
        Some(state) => optimizer_state::moments(state).map_err(|problems| broken(problems.join("; ")))?,
        None => None,
    };
    let step = get(&document, "step")
        .and_then(array::decode_integer)
        .unwrap_or(0);
    Ok(Checkpoint {
        params,
        moments,
        step,
        document: Some(document),
    })
}

/// The bytes that [`save`] writes.
pub fn encode(checkpoint: &Checkpoint, layout: OptimizerLayout) -> Vec<u8> {
    let mut document = checkpoint
        .document
        .clone()
        .unwrap_or_else(|| Value::Map(Vec::new()));
    let mut params = get(&document, "params")
        .cloned()
        .unwrap_or_else(|| Value::Map(Vec::new()));
    merge(&mut params, &checkpoint.params);
    put(&mut document, "params", params);
    let fresh;
    let moments = match &checkpoint.moments {
        Some(moments) => moments,
        None => {
            fresh = optimizer_state::fresh(&checkpoint.params);
            &fresh
        }
    };
    let state = optimizer_state::write(get(&document, "opt_state"), layout, moments);
    put(&mut document, "opt_state", state);
    if get(&document, "step").and_then(array::decode_integer) != Some(checkpoint.step) {
        // JAX counts in int32; the plain 0 is what Flax writes before the first step.
        let step = match i32::try_from(checkpoint.step) {
            Ok(step) if step != 0 => array::encode_int32(step),
            _ => Value::from(checkpoint.step),
        };
        put(&mut document, "step", step);
    }
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = rmpv::encode::write_value(&mut bytes, &document);
    bytes
}

/// Writes a checkpoint atomically; the previous file stands as `.bak` until the new one is on the disk.
pub fn save(path: &Path, checkpoint: &Checkpoint, layout: OptimizerLayout) -> Result<(), CheckpointError> {
    let bytes = encode(checkpoint, layout);
    write(path, &bytes).map_err(|source| CheckpointError::Write {
        path: path.to_owned(),
        source,
    })
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder(path);
    fs::create_dir_all(&folder)?;
    let mut file = NamedTempFile::new_in(&folder)?;
    file.write_all(bytes)?;
    set_mode(path, file.as_file())?;
    file.as_file().sync_all()?;
    let backup = backup(path);
    if path.exists() {
        if backup.exists() {
            fs::remove_file(&backup)?;
        }
        fs::hard_link(path, &backup).or_else(|_| fs::copy(path, &backup).map(|_| ()))?;
    }
    file.persist(path)?;
    File::open(&folder)?.sync_all()?;
    if backup.exists() {
        fs::remove_file(&backup)?;
    }
    Ok(())
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

fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn backup(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".bak");
    name.into()
}

/// A temporary file is private; the checkpoint has its predecessor's mode, or a usual one.
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
