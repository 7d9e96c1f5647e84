//! A checkpoint's bytes.

use std::fs;
use std::io;
use std::path::Path;

use rmpv::Value;

use super::scan::{DOCUMENT, scan};
use super::tree::{get, merge, put, tensors};
use super::{Checkpoint, CheckpointError, OptimizerLayout, array, optimizer_state};

/// Reads a checkpoint. It is not checked against an architecture yet.
///
/// # Errors
/// A file that cannot be read, is no checkpoint, or is damaged; it is refused before anything is built from it.
pub fn load(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let read = || {
        if !fs::metadata(path)?.is_file() {
            return Err(io::Error::other("not a file"));
        }
        fs::read(path)
    };
    let bytes = read().map_err(|source| CheckpointError::Read {
        path: path.to_owned(),
        source,
    })?;
    decode(&bytes).map_err(|problems| CheckpointError::Broken {
        path: path.to_owned(),
        problem: problems.join("; "),
    })
}

/// Reads the bytes that [`encode`] and Flax's `to_bytes` write; says one by one what is wrong with them.
pub fn decode(bytes: &[u8]) -> Result<Checkpoint, Vec<String>> {
    scan(bytes, DOCUMENT).map_err(|problem| vec![problem])?;
    let mut rest = bytes;
    let document = rmpv::decode::read_value(&mut rest).map_err(|error| vec![error.to_string()])?;
    let params = get(&document, "params").ok_or_else(|| vec!["it has no params".to_owned()])?;
    let params = tensors(params)?;
    let moments = match get(&document, "opt_state") {
        Some(state) => optimizer_state::moments(state)?,
        None => None,
    };
    let step = match get(&document, "step") {
        None => 0,
        Some(step) => array::decode_integer(step)
            .filter(|step| (0..=i32::MAX.into()).contains(step))
            .ok_or_else(|| vec!["step: not a number of steps".to_owned()])?,
    };
    Ok(Checkpoint {
        params,
        moments,
        step,
        document: Some(document),
    })
}

/// The bytes that a template of this layout in Python takes; what has not changed since the file was read keeps its
/// bytes.
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

/// The layout of the file that a checkpoint came from.
pub fn layout(checkpoint: &Checkpoint) -> Option<OptimizerLayout> {
    optimizer_state::layout(get(checkpoint.document.as_ref()?, "opt_state")?)
}
