//! How a run goes: a row per epoch, and its end.

use serde::{Deserialize, Serialize};

use crate::model::objective::Losses;

/// One row of the history.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochMetrics {
    /// From 1, within the run.
    pub epoch: usize,
    /// Epochs that the run was asked for.
    pub of: usize,
    /// Of the training part after the epoch, without sampling and dropout.
    pub train: Losses,
    /// Of the held-out part, likewise.
    pub validation: Losses,
    /// Time of training and evaluation, without the time that the run was held.
    pub seconds: f64,
    /// Whether the monitored metric was the lowest of the run so far.
    pub best: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// All epochs were done.
    Completed,
    /// The user ended it.
    Stopped,
    /// The monitored metric got no better for as many epochs as the patience.
    EarlyStopped,
    /// A loss was no longer finite, or the backend was lost.
    Failed,
}
