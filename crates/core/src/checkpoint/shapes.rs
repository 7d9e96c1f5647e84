//! Whether a checkpoint's arrays are those of a network.

use std::collections::BTreeMap;

use crate::model::config::Architecture;
use crate::model::layers::parameters;
use crate::model::parameters::Parameters;

use super::error::CheckpointError;
use super::state::Checkpoint;

/// Flax's name and shape of each parameter.
pub(super) fn expected_shapes(architecture: &Architecture) -> BTreeMap<String, Vec<usize>> {
    parameters(architecture)
        .into_iter()
        .map(|parameter| (parameter.path, parameter.shape))
        .collect()
}

/// Checks that parameters and moments are those of the architecture. Names beyond its own are no fault.
///
/// # Errors
/// [`CheckpointError::Misfit`] with each name that is missing and each shape that differs.
pub fn check(checkpoint: &Checkpoint, expected: &Architecture) -> Result<(), CheckpointError> {
    let mut problems = Vec::new();
    let expected = expected_shapes(expected);
    for (path, shape) in &expected {
        if !checkpoint.params.0.contains_key(path) {
            problems.push(format!("{path}: missing, expected {shape:?}"));
        }
    }
    fits(&checkpoint.params, &expected, "", &mut problems);
    if let Some(moments) = &checkpoint.moments {
        fits(&moments.mu, &expected, "opt_state/mu/", &mut problems);
        fits(&moments.nu, &expected, "opt_state/nu/", &mut problems);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(CheckpointError::Misfit { problems })
    }
}

fn fits(
    found: &Parameters,
    expected: &BTreeMap<String, Vec<usize>>,
    prefix: &str,
    problems: &mut Vec<String>,
) {
    for (path, shape) in expected {
        match found.0.get(path) {
            Some(tensor) if tensor.shape != *shape => problems.push(format!(
                "{prefix}{path}: expected {shape:?}, found {:?}",
                tensor.shape
            )),
            Some(tensor) if tensor.data.iter().any(|x| !x.is_finite()) => {
                problems.push(format!("{prefix}{path}: holds a number that is not finite"));
            }
            _ => {}
        }
    }
}
