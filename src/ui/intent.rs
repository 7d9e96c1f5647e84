//! What the user asks for.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::sync::Arc;

use super::problem::Offer;
use crate::cloud::{ColorMode, RegionKind};
use ssvae_core::acquisition::{Order, Strategy};
use ssvae_core::active_learning::Basis;
use ssvae_core::filter::Filter;
use ssvae_core::map::LayoutChoice;
use ssvae_core::model::config::{Adjustment, Architecture, TrainingConfig};
use ssvae_core::outputs::results::Report;
use ssvae_core::training::message::EndState;

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

/// A state of the model that can be compared with another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateName {
    /// What is in memory.
    Now,
    /// Before the last run.
    BeforeRun,
    /// After this epoch of the model, of the last run.
    Epoch(usize),
    /// At the end of the run on record with this name.
    Run(String),
}

impl Display for StateName {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        match self {
            Self::Now => f.write_str("now"),
            Self::BeforeRun => f.write_str("before the last run"),
            Self::Epoch(epoch) => write!(f, "epoch {epoch}"),
            Self::Run(id) => write!(f, "run {id}"),
        }
    }
}

/// The answer where it was asked whether the window is to close, or to restart with something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    Stay,
    Anyway,
    SaveFirst,
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

/// How the results are written into the exports folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultsFile {
    /// All figures.
    Csv,
    /// One picture.
    Png,
}

/// What the user asks the app to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Label the chosen samples, or else the selected one; `None` takes labels off.
    Label(Option<u8>),
    /// Label them as the model predicts.
    TakePrediction,
    /// Mark them as unsure, or take the mark off.
    Unsure,
    /// Confirm the label of the selected sample, which is no longer listed as doubtful.
    KeepLabel,
    /// Give it the label that the other labels suggest.
    TakeSuggestion,
    /// Select the sample with the most doubtful label.
    NextDoubt,
    /// Select a sample as one of those with a doubtful label.
    GoInDoubts(u32),
    /// Draw samples at random and label them blind; nothing learns from their labels.
    Audit,
    /// End the audit: samples of it that have no label yet are dropped.
    EndAudit,
    SetColorMode(ColorMode),
    SetDimension(Dimension),
    /// Choose what the positions in the cloud stand for.
    SetLayout(LayoutChoice),
    /// Move the camera so that the whole cloud is in view.
    FitView,
    /// Select a sample and bring it into view.
    GoTo(u32),
    /// Select the first sample of the queue.
    Next,
    /// Select the sample that was visited before.
    Previous,
    /// Move the selected sample to the end of the queue.
    Skip,
    /// Select a sample as one of the queue.
    GoInQueue(u32),
    SetOrder(Order),
    /// Score the samples that are to be labelled in this way.
    SetStrategy(Strategy),
    /// Compare the samples by this.
    SetBasis(Basis),
    /// Stop comparing the images, or start again.
    StopComparing,
    Compare,
    SetFilter(Filter),
    /// Choose all points that the filter lets through.
    ChooseShown,
    /// Choose the samples that were skipped, or that are marked as unsure.
    ChooseSkipped,
    ChooseUnsure,
    /// Choose the samples without a label that are of this true class and this propagated one.
    ChooseCell {
        truth: u8,
        propagated: u8,
    },
    /// Take these points out of the selection, or put them back.
    TakeOut(Vec<u32>),
    PutBack(Vec<u32>),
    /// Cancel the box or lasso that is being drawn, or else clear the selection.
    ClearSelection,
    /// Draw around points with the next drag.
    Draw(RegionKind),
    /// Undo the last action on labels.
    Undo,
    /// Redo it.
    Redo,
    Export(ExportKind),
    SaveResults(Arc<Report>, ResultsFile),
    /// Do not write the file of this export.
    CancelExport(u64),
    /// Stop encoding: the cloud stays as it is, though the model has changed.
    StopEncoding,
    /// Encode the images with the model in memory after all.
    Encode,
    /// Restart with what was asked about, or stay.
    Open(Close),
    /// Ask whether to restart with this data folder, labels file or checkpoint; `~` stands for the user's folder.
    OpenPath(PathBuf),
    /// Ask whether to restart with what was opened before, by its place in the list.
    OpenRecent(usize),
    /// Read what can be opened in this folder.
    ListFolder(String),
    /// Restart with the same files.
    Retry,
    /// Close the window; the user is asked first where something would be lost.
    Quit,
    Close(Close),
    SetProbe(ProbeMode),
    /// Start a training run with these settings.
    Start(TrainingConfig),
    /// Stop the run after the current batch and keep what was learnt.
    Stop,
    /// Pause the run after the current batch.
    Pause,
    /// Resume a paused run.
    Resume,
    /// Let the run go on with these settings.
    Adjust(Adjustment),
    /// Load the last or the best weights of the last run into memory.
    Take(EndState),
    /// Write the model in memory to the checkpoint.
    SaveCheckpoint,
    /// Show what is different between two states of the model, the earlier one first.
    CompareStates([StateName; 2]),
    /// The state before the last run and now; if something is compared already, end that.
    ChangedSinceRun,
    EndComparison,
    /// Interpolate the cloud between the two states, in 0..=1.
    Morph(f32),
    /// Choose the samples that changed from one class to the other, or all that changed.
    ChooseChanged(Option<(u8, u8)>),
    /// Take what the run on record with this name has left behind: its weights, and the labels that it was given.
    BringBack(String),
    /// Replace the model in memory by fresh weights; the checkpoint file stays as it is.
    Reset {
        architecture: Architecture,
        seed: u64,
    },
    /// Do what a card offers.
    Accept(Offer),
    /// Take the problem with this index away.
    DismissProblem(usize),
}
