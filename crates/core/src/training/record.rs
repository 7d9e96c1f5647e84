//! What is kept of a run: how it was set up, on which labels, how it went and how it ended.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::format::hex;
use crate::model::config::{Adjustment, Architecture, TrainingConfig};

use super::history::{EpochMetrics, RunStatus};
use crate::evaluation::Evaluation;

/// A run, finished or not. `epochs` has one row per epoch, as far as it has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Name of its file without the ending; by it runs are told apart.
    pub id: String,
    /// When it began.
    pub started: Timestamp,
    /// Name of the backend for the user, such as `CPU`.
    pub backend: String,
    /// Sizes of the network.
    pub architecture: Architecture,
    /// The hyperparameters at its beginning; see `adjustments`.
    pub config: TrainingConfig,
    /// The labels that it was given.
    pub labels: LabelsUsed,
    /// Optimizer steps that the model had seen before.
    pub first_step: i64,
    /// Digest of the weights that it began with.
    #[serde(default)]
    pub began_with: String,
    /// Changes of settings while it was on, in order.
    pub adjustments: Vec<Adjusted>,
    /// A row per epoch.
    pub epochs: Vec<EpochMetrics>,
    /// Digest of the weights after each of them.
    #[serde(default)]
    pub states: Vec<String>,
    /// What was propagated to the samples without a label against the data set's own labels, as the run began.
    #[serde(default)]
    pub propagated: Option<Evaluation>,
    /// Figures of each epoch on the data set's test split, where there is one.
    #[serde(default)]
    pub tested: Vec<TestFigures>,
    /// Predictions of the last of these epochs there.
    #[serde(default)]
    pub test: Option<Evaluation>,
    /// `None`: the run is on, or was cut off.
    pub outcome: Option<RunOutcome>,
}

/// What is kept of runs beside their records, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// Runs with a cloud.
    pub clouds: BTreeSet<String>,
    /// Runs with the weights of their end.
    pub weights: BTreeSet<String>,
    /// Size of all of it on the disk.
    pub bytes: u64,
}

/// The labels that a run was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsUsed {
    /// Samples with a label.
    pub count: usize,
    /// SHA-256, hexadecimal, of the lines `Serial,label\n` of the labelled samples by rising serial, without a header.
    pub sha256: String,
}

/// Figures of one epoch on the test split.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestFigures {
    /// From 1.
    pub epoch: usize,
    /// Share of the images whose predicted class is the true one; `None` without true labels.
    pub accuracy: Option<f64>,
    /// See [`Evaluation::calibration_error`].
    pub calibration_error: Option<f64>,
    /// Mean squared error per pixel.
    pub reconstruction: f32,
}

/// A change of settings within the run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adjusted {
    /// From 1.
    pub epoch: usize,
    /// Batches of that epoch that were done before.
    pub batch: usize,
    /// The settings from there on.
    pub to: Adjustment,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOutcome {
    /// In which way.
    pub status: RunStatus,
    /// For the user.
    pub message: String,
}

impl LabelsUsed {
    /// `labels[serial]` is the user's label of a sample.
    pub fn of(labels: &[Option<u8>]) -> Self {
        let mut hash = Sha256::new();
        let mut count = 0;
        for (serial, label) in labels.iter().enumerate() {
            if let Some(label) = label {
                count += 1;
                hash.update(format!("{serial},{label}\n"));
            }
        }
        let sha256 = hex(&hash.finalize());
        Self { count, sha256 }
    }
}

impl RunRecord {
    /// Number of the epoch with the best monitored metric, from 1.
    pub fn best_epoch(&self) -> Option<usize> {
        self.epochs.iter().rfind(|row| row.best).map(|row| row.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_hashed_as_sha256sum_hashes_their_rows() {
        // printf '1,7\n3,0\n' | sha256sum
        let used = LabelsUsed::of(&[None, Some(7), None, Some(0)]);
        assert_eq!(used.count, 2);
        assert_eq!(
            used.sha256,
            "77e80878fdb7b026cb4385f3b24149cbb46579891ea8351b0ec0f372aee531b5"
        );
        assert_ne!(LabelsUsed::of(&[Some(7), None, None, Some(0)]), used);
    }
}
