//! Where a model comes from: its file, or fresh weights.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint::{self, Checkpoint, shown_last};
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
    /// The other of the two states that the last run has left behind: the best one where the last one is the model's.
    pub(super) best: Option<Arc<Checkpoint>>,
    /// What could not be used besides.
    pub(super) warning: Option<String>,
}

/// The model that was shown last, else the one in the file, or a fresh one where there is none that can be used.
pub(super) fn open(weights: &Path, dataset: &Dataset, seed: u64) -> Model {
    let loaded = |file: &Path| match load_model(file, dataset) {
        Ok((architecture, state)) => Ok(Model {
            architecture,
            state: Arc::new(state),
            source: Some(file.to_owned()),
            problem: None,
            best: None,
            warning: None,
        }),
        Err(message) => Err(message),
    };
    // Looked at in any case: what cannot be read is not overwritten.
    let best = weights.exists().then(|| loaded(weights));
    let shown = shown_last(weights);
    let last = (shown != weights).then(|| loaded(&shown));
    let problem = best.as_ref().and_then(|best| best.as_ref().err().cloned());
    let warning = last.as_ref().and_then(|last| last.as_ref().err().cloned());
    let (last, best) = (last.and_then(Result::ok), best.and_then(Result::ok));
    if let Some(model) = last {
        let same = best.filter(|best| best.architecture == model.architecture);
        return Model {
            problem,
            warning,
            best: same.map(|best| best.state),
            ..model
        };
    }
    if let Some(model) = best {
        return Model { warning, ..model };
    }
    let architecture = Architecture {
        image: dataset.rows(),
        classes: dataset.classes(),
        ..Architecture::default()
    };
    Model {
        state: Arc::new(fresh(&architecture, seed)),
        architecture,
        source: None,
        problem,
        best: None,
        warning,
    }
}

/// Reads a checkpoint and checks that it fits itself, the images and their classes.
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
    if architecture.classes != dataset.classes() {
        let has = match dataset.counted_in() {
            Some(file) => format!("{} has {}", file.display(), dataset.classes().get()),
            None => format!("these images have {}", dataset.classes().get()),
        };
        return Err(format!(
            "{}: made for {} classes, but {has}; list all classes in classes.csv, or choose another checkpoint or data folder",
            weights.display(),
            architecture.classes.get(),
        ));
    }
    architecture.image = dataset.rows();
    Ok((architecture, state))
}

/// A model that has learnt nothing yet.
pub fn fresh(architecture: &Architecture, seed: u64) -> Checkpoint {
    Checkpoint::new(fresh_parameters(architecture, seed))
}
