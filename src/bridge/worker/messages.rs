//! News from the worker, one message type for each kind; see [`super::router`].

use std::sync::Arc;

use bevy::prelude::*;

use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::dataset::Dataset;
use ssvae_core::model::config::{Architecture, TrainingConfig};
use ssvae_core::training::message::LatentSnapshot;

/// The data set is in memory.
#[derive(Message, Clone)]
pub struct DatasetLoaded(pub Arc<Dataset>);

/// A model is in memory.
#[derive(Message, Clone)]
pub struct ModelReady {
    pub architecture: Architecture,
    /// How it was trained, if it was loaded from a checkpoint just now.
    pub config: Option<TrainingConfig>,
}

/// A run has started.
#[derive(Message, Clone)]
pub struct RunStarted {
    /// The latents before it.
    pub before: Option<Arc<LatentSnapshot>>,
}

/// All samples have been encoded.
#[derive(Message, Clone)]
pub struct LatentsReady {
    pub snapshot: Arc<LatentSnapshot>,
    /// The epoch that it is the end of, counted through all runs of the model, from 1.
    pub epoch: Option<usize>,
}

/// The images of the places that were probed, `[n, pixels]`.
#[derive(Message, Clone)]
pub struct PlacesDecoded {
    pub pixels: Vec<f32>,
}

/// The weights of this version of the latents.
#[derive(Message, Clone)]
pub struct WeightsReady {
    pub version: u64,
    pub state: Arc<Checkpoint>,
}

/// Mutual information of class and dropout, `[n]` in nats, by the weights of this version of the latents.
#[derive(Message, Clone)]
pub struct InformationReady {
    pub version: u64,
    pub values: Arc<Vec<f32>>,
}

/// What was to be saved is on the disk, or something has failed.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaveAnswer {
    Saved,
    Failed,
}

/// Something failed outside a run: an answer may never come.
#[derive(Message, Clone, Copy)]
pub struct WorkerFailed;
