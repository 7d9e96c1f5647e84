//! Putting a checkpoint in its place.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::files::{FileError, Kind, Replacement, copy_aside};
use crate::model::parameters::Parameters;

use super::error::CheckpointError;
use super::file::{decode, encode, load};
use super::state::{Checkpoint, OptimizerLayout};

/// What may be written over: a checkpoint that can be read.
pub const CHECKPOINT: Kind = Kind {
    what: "a Flax checkpoint, or is a damaged one",
    recognises: |file| {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(decode(&bytes).is_ok())
    },
};

/// By what the content of a file is known again: its SHA-256.
pub(super) type Fingerprint = [u8; 32];

/// The fingerprint of what stands there; `None`: nothing does that can be read.
pub(super) fn fingerprint(path: &Path) -> Option<Fingerprint> {
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    let bytes = is_file.then(|| fs::read(path))?.ok()?;
    Some(Sha256::digest(bytes).into())
}

/// What was written.
pub(super) struct Written {
    /// Where the file of another network that stood there is now.
    pub kept: Option<PathBuf>,
    pub fingerprint: Fingerprint,
}

/// Writes a checkpoint at once, durably. The file of another network that stood there is kept as `<name>.bak`, or
/// `<name>.2.bak` and so on where these are there, and that name is returned.
///
/// # Errors
/// If something else stands there, or it cannot be written; what was there stays.
pub fn save(
    path: &Path,
    checkpoint: &Checkpoint,
    layout: OptimizerLayout,
) -> Result<Option<PathBuf>, CheckpointError> {
    let written = save_if(path, checkpoint, layout, || true)?;
    Ok(written.and_then(|written| written.kept))
}

/// [`save`] where `wanted` still says so in the last moment; `None`: it did not.
pub(super) fn save_if(
    path: &Path,
    checkpoint: &Checkpoint,
    layout: OptimizerLayout,
    wanted: impl FnOnce() -> bool,
) -> Result<Option<Written>, CheckpointError> {
    let failed = FileError::io(path);
    let bytes = encode(checkpoint, layout);
    let mut new = Replacement::begin(path, &CHECKPOINT)?;
    new.write_all(&bytes).map_err(&failed)?;
    new.sync().map_err(&failed)?;
    if !wanted() {
        return Ok(None);
    }
    let another = is_of_another_network(path, checkpoint);
    let kept = another
        .then(|| copy_aside(path, ".bak"))
        .transpose()
        .map_err(&failed)?;
    new.finish()?;
    Ok(Some(Written {
        kept,
        fingerprint: Sha256::digest(&bytes).into(),
    }))
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
