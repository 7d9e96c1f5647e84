//! What the user asks for.

use crate::cloud::palette::ColorMode;
use crate::model::config::{Adjustment, Architecture, TrainingConfig};
use crate::training::message::EndState;

/// How many dimensions of the latent space the cloud shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Two,
    Three,
}

/// A wish of the user, for the app to carry out.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Label the selected sample; `None` takes its label off.
    Label(Option<u8>),
    SetColorMode(ColorMode),
    SetDimension(Dimension),
    /// Move the camera so that the whole cloud is in view.
    FitView,
    /// Select a sample where the view is; `None` clears the selection.
    Select(Option<u32>),
    /// Select a sample and bring it into view.
    GoTo(u32),
    /// Select the unlabelled sample that the model is least certain about.
    SelectNextUncertain,
    /// Start a training run with these settings.
    Start(TrainingConfig),
    /// Stop the run after the current batch and keep what was learnt.
    Stop,
    /// Hold the run after the current batch.
    Pause,
    /// Let a run that is held go on.
    Resume,
    /// Let the run go on with these settings.
    Adjust(Adjustment),
    /// Take what the last run left behind into memory.
    Take(EndState),
    /// Write the model in memory to the checkpoint.
    SaveCheckpoint,
    /// Replace the model in memory by fresh weights; the checkpoint file stays as it is.
    Reset {
        architecture: Architecture,
        seed: u64,
    },
    /// Take the problem with this index off the banner.
    DismissProblem(usize),
}
