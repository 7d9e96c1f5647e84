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
    pub train: Losses,
    pub validation: Losses,
    pub seconds: f64,
    /// Whether the monitored metric was the lowest of the run so far.
    pub best: bool,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Completed,
    Stopped,
    EarlyStopped,
    Failed,
}
