//! What goes into the worker ([`Command`]) and what comes out of it ([`Event`]): plain values, no tensors.

use std::path::PathBuf;
use std::sync::Arc;

use crate::checkpoint::Checkpoint;
pub use crate::checkpoint::EndState;
use crate::dataset::Dataset;
use crate::model::config::{Adjustment, Architecture, TrainingConfig};
pub use crate::model::objective::Losses;

pub use super::history::{EpochMetrics, RunStatus};
use super::record::{RunRecord, Stored};
pub use super::snapshot::LatentSnapshot;
use super::targets::Targets;
use super::tested::Tested;

/// Commands to the worker. `Stop`, `Pause` and `Adjust` take effect within a batch or two, `Decode` and `Probe` are answered between
/// two batches; the others are for the time between two runs.
#[derive(Clone, Debug)]
pub enum Command {
    /// Begin a run.
    Train {
        /// Its hyperparameters.
        config: TrainingConfig,
        /// What each sample is taught.
        targets: Targets,
    },
    /// End the run after the current batch.
    Stop,
    /// End the encoding of a new cloud.
    StopEncoding,
    /// Hold the run after the current batch, until `Resume` or `Stop`.
    Pause,
    /// Go on with a run that is held.
    Resume,
    /// Go on with another learning rate and other weights of the losses from the next batch on.
    Adjust(Adjustment),
    /// Decode one sample's latent, `[latent_dim]`.
    Decode {
        /// The sample, which the answer names.
        serial: u32,
        /// Its posterior mean, or any other place.
        latent: Vec<f32>,
    },
    /// Decode places of the latent space, `[n, latent_dim]`.
    Probe {
        /// Row-major.
        latents: Vec<f32>,
    },
    /// Say what the network is unsure of under dropout; `version`: of the cloud that is shown.
    Inform {
        /// [`LatentSnapshot::version`].
        version: u64,
    },
    /// Hand over the weights in memory.
    Weights,
    /// Take what the last run left behind into memory.
    Take(EndState),
    /// Take the state at the end of the run on record with this name into memory.
    BringBack(String),
    /// Keep so many bytes of the clouds and weights of runs, at most.
    KeepAtMost(u64),
    /// Show the cloud of the model in memory after all.
    Encode,
    /// Write the model in memory to the checkpoint.
    Save,
    /// Try again to write what runs have left behind and the disk has not taken.
    WriteWhatIsLeft,
    /// Start again from fresh weights of another shape; the checkpoint file stays as it is.
    Reset {
        /// Sizes of the new network.
        architecture: Architecture,
        /// Decides the fresh weights.
        seed: u64,
    },
}

/// Events from the worker, in the order in which they happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// Bytes of the images that are read.
    Reading {
        /// Bytes read so far.
        done: u64,
        /// Bytes of all images.
        of: u64,
    },
    /// The data set stands in memory.
    Dataset(Arc<Dataset>),
    /// The model stands in memory. `checkpoint` names the file it came from, `None` means fresh weights;
    /// `problem` says why an existing file could not be used. `config` is given where a checkpoint was loaded just now:
    /// how it was trained. `state` is the digest of its weights.
    ModelReady {
        /// Name of the backend for the user, such as `CPU`.
        backend: String,
        /// Sizes of the network.
        architecture: Architecture,
        /// The file it came from.
        checkpoint: Option<PathBuf>,
        /// For the user.
        problem: Option<String>,
        /// How it was trained.
        config: Option<TrainingConfig>,
        /// Hexadecimal.
        state: String,
    },
    /// Samples encoded so far, while a new snapshot is computed outside a run.
    Encoding {
        /// Samples.
        done: usize,
        /// Samples of the data set.
        of: usize,
    },
    /// The encoding was stopped; the cloud stays what it was.
    EncodingStopped,
    /// A new cloud: what the model in memory says of every sample.
    Latent(Arc<LatentSnapshot>),
    /// A run has begun.
    TrainingStarted {
        /// Its hyperparameters.
        config: TrainingConfig,
        /// Name of the backend for the user, such as `CPU`.
        backend: String,
    },
    /// Batches done within epoch `epoch` (from 1) of `epochs`.
    Progress {
        /// From 1.
        epoch: usize,
        /// Epochs that the run was asked for.
        epochs: usize,
        /// Batches done.
        batch: usize,
        /// Batches of an epoch.
        batches: usize,
    },
    /// The run is held, or goes on.
    Paused(bool),
    /// The run goes on with these settings.
    Adjusted(TrainingConfig),
    /// An epoch has ended.
    Epoch(EpochMetrics),
    /// What the model in memory makes of the test images, or why there are none.
    Tested(Result<Arc<Tested>, String>),
    /// The next start begins with the weights of this digest.
    Remembered(String),
    /// Whether the disk has not taken all of what runs have left behind. It is tried again now and then.
    Unwritten(bool),
    /// The digests of what the last run left behind: the weights at its end, and the best ones.
    Ends {
        /// Of the weights after the last epoch.
        last: String,
        /// Of the weights after the best epoch.
        best: String,
    },
    /// What the last run left behind is in memory; with the digest of its weights.
    Taken(EndState, String),
    /// What is kept of the runs on record.
    Stored(Arc<Stored>),
    /// The state at the end of the run on record with this name is in memory.
    BroughtBack(String),
    /// The runs that are on record, the oldest first.
    Runs(Vec<Arc<RunRecord>>),
    /// The record of the run that is on, or has just ended, has grown.
    Recorded(Arc<RunRecord>),
    /// The model was written to `path`; `epoch` is given where it was a run's best epoch, `kept` where the file of another
    /// network, which stood there, was put.
    Saved {
        /// Where the model is now.
        path: PathBuf,
        /// From 1, within the run.
        epoch: Option<usize>,
        /// Its new name.
        kept: Option<PathBuf>,
    },
    /// Reconstruction of a sample in grey values of 0..=1, as the data set's images are, row-major `[height, width]`; `again`:
    /// of the same sample as the last one, by other weights.
    Decoded {
        /// The sample.
        serial: u32,
        /// Of the data set's images.
        pixels: Vec<f32>,
        /// Whether weights alone have changed.
        again: bool,
    },
    /// The model's images for the places that were probed, `[n, pixels]`, in the scale of [`Event::Decoded`]; empty if the
    /// model has another latent space by now.
    Probed {
        /// Row-major.
        pixels: Vec<f32>,
    },
    /// The model in memory, of which this version of the cloud is.
    Weights {
        /// [`LatentSnapshot::version`].
        version: u64,
        /// Weights and optimizer.
        state: Arc<Checkpoint>,
    },
    /// Mutual information of class and dropout, `[n]` in nats, by the weights of this version of the cloud.
    Information {
        /// [`LatentSnapshot::version`].
        version: u64,
        /// By serial.
        values: Arc<Vec<f32>>,
    },
    /// A run has ended.
    TrainingFinished {
        /// In which way.
        status: RunStatus,
        /// For the user.
        message: String,
    },
    /// Something failed outside a run; the text is for the user.
    Error {
        /// For the user.
        message: String,
    },
}

/// Whether somebody waits for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// What a user has asked for, or has to know at once.
    Answer,
    /// How a run gets on.
    News,
}

impl Event {
    /// Whether a user waits for it. Figures, images that follow the weights and files of a run that is on are news.
    pub(crate) fn urgency(&self) -> Urgency {
        match self {
            Self::Progress { .. }
            | Self::Latent(_)
            | Self::Epoch(_)
            | Self::Recorded(_)
            | Self::Stored(_)
            | Self::Tested(_)
            | Self::Decoded { again: true, .. }
            | Self::Saved { epoch: Some(_), .. } => Urgency::News,
            _ => Urgency::Answer,
        }
    }
}
