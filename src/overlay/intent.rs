//! What the user asks for.

use crate::acquisition::Order;
use crate::cloud::palette::ColorMode;
use crate::filter::Filter;
use crate::model::config::{Adjustment, Architecture, TrainingConfig};
use crate::training::message::EndState;

/// How many dimensions of the latent space the cloud shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Two,
    Three,
}

/// Which places of the latent space are decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProbeMode {
    #[default]
    Off,
    /// The one under the cursor.
    Cursor,
    /// Those on the line from the selected point to the cursor.
    Line,
    /// A grid over the view.
    Grid,
}

/// What is written into the exports folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportKind {
    /// The view as a picture of this size in pixels.
    Png([u32; 2]),
    /// The view as a drawing.
    Svg,
    /// What is known of the chosen points.
    Csv,
    /// The images of the chosen points.
    ContactSheet,
}

/// A wish of the user, for the app to carry out.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Label the chosen samples, or else the selected one; `None` takes labels off.
    Label(Option<u8>),
    SetColorMode(ColorMode),
    SetDimension(Dimension),
    /// Move the camera so that the whole cloud is in view.
    FitView,
    /// Select a sample where the view is; `None` clears the selection.
    Select(Option<u32>),
    /// Select a sample and bring it into view.
    GoTo(u32),
    /// Select the next sample in the order chosen, or the one before.
    Next,
    Previous,
    SetOrder(Order),
    SetFilter(Filter),
    /// Choose these points.
    Choose(Vec<u32>),
    /// Choose all points that the filter lets through.
    ChooseShown,
    /// Choose one point less.
    TakeOut(u32),
    /// Take the last action on labels back.
    Undo,
    /// Do it again.
    Redo,
    Export(ExportKind),
    /// Do not write the file of this export.
    CancelExport(u64),
    /// Leave the cloud what it is, though the model has changed.
    StopEncoding,
    /// Show the cloud of the model in memory after all.
    Encode,
    /// Start again with what was dropped onto the window, or leave it.
    Open(bool),
    SetProbe(ProbeMode),
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
    /// Take the problem with this index away.
    DismissProblem(usize),
}
