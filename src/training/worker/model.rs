//! Where a model comes from: its file, or fresh weights.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint::{self, Checkpoint};
use crate::dataset::Dataset;
use crate::model::config::Architecture;
use crate::model::initialise::fresh_parameters;

/// The model's last good state and where it came from.
pub(super) struct Model {
    pub(super) architecture: Architecture,
    pub(super) state: Arc<Checkpoint>,
    pub(super) source: Option<PathBuf>,
    /// Why a file that is there could not be used.
    pub(super) problem: Option<String>,
}

/// The model in the file, or a fresh one where there is none that can be used.
pub(super) fn open(weights: &Path, dataset: &Dataset, seed: u64) -> Model {
    let problem = if weights.exists() {
        match load_model(weights, dataset) {
            Ok((architecture, state)) => {
                return Model {
                    architecture,
                    state: Arc::new(state),
                    source: Some(weights.to_owned()),
                    problem: None,
                };
            }
            Err(message) => Some(message),
        }
    } else {
        None
    };
    let architecture = Architecture {
        image: dataset.rows(),
        ..Architecture::default()
    };
    Model {
        state: Arc::new(fresh(&architecture, seed)),
        architecture,
        source: None,
        problem,
    }
}

/// Reads a checkpoint and checks that it fits itself and the images.
pub fn load_model(weights: &Path, dataset: &Dataset) -> Result<(Architecture, Checkpoint), String> {
    let state = checkpoint::load(weights).map_err(|error| error.to_string())?;
    let describe = |error: checkpoint::CheckpointError| format!("{}: {error}", weights.display());
    let mut architecture = checkpoint::architecture(&state.params).map_err(describe)?;
    checkpoint::check(&state, &architecture).map_err(describe)?;
    if architecture.pixels() != dataset.pixels() {
        return Err(format!(
            "{}: made for images of {} pixels, but these have {}; choose another checkpoint or data folder",
            weights.display(),
            architecture.pixels(),
            dataset.pixels()
        ));
    }
    architecture.image = dataset.rows();
    Ok((architecture, state))
}

/// A model that has learnt nothing yet.
pub fn fresh(architecture: &Architecture, seed: u64) -> Checkpoint {
    Checkpoint::new(fresh_parameters(architecture, seed))
}
