//! What the training run is doing, and what the last one left behind.

use ssvae_core::training::message::EndState;

/// What the worker is doing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunState {
    Idle,
    /// A run was asked for and has not reported a batch yet.
    Starting,
    Running(RunProgress),
    /// Waiting between two batches.
    Paused(RunProgress),
    /// Asked to stop; the current batch is not done yet.
    Stopping,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunProgress {
    /// Epochs of the model before the run.
    pub before: usize,
    /// From 1, within the run.
    pub epoch: usize,
    /// Epochs of the run at most.
    pub epochs: usize,
    /// Batches done within the epoch.
    pub batch: usize,
    /// Batches of an epoch.
    pub batches: usize,
    /// Expected seconds to the end of the run; `None` while nothing can be said.
    pub eta_seconds: Option<f64>,
}

impl RunProgress {
    /// Share of the run that is done, in 0..=1.
    pub fn fraction(&self) -> f32 {
        let epochs = self.epoch.saturating_sub(1) as f32 + self.batch as f32 / self.batches.max(1) as f32;
        (epochs / self.epochs.max(1) as f32).clamp(0.0, 1.0)
    }
}

/// The two states that a run leaves behind, by their epochs from 1, and which of them is in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunEnds {
    /// The epoch that was trained last.
    pub last: usize,
    /// The epoch with the lowest monitored loss.
    pub best: usize,
    /// Whose weights are in memory.
    pub taken: EndState,
}

/// For example `Epoch 3 of 5`, or `Epoch 23 (3 of 5)` of a model that had 20 before.
pub fn epoch_of(before: usize, epoch: usize, of: usize) -> String {
    match before {
        0 => format!("Epoch {epoch} of {of}"),
        _ => format!("Epoch {} ({epoch} of {of})", before + epoch),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_run_counts_whole_epochs_and_batches() {
        let progress = RunProgress {
            before: 20,
            epoch: 3,
            epochs: 4,
            batch: 5,
            batches: 10,
            eta_seconds: None,
        };
        assert_eq!(progress.fraction(), 0.625);
        let empty = RunProgress {
            epoch: 0,
            epochs: 0,
            batch: 0,
            batches: 0,
            ..progress
        };
        assert_eq!(empty.fraction(), 0.0, "before the first batch");
        let past = RunProgress { epoch: 9, ..progress };
        assert_eq!(past.fraction(), 1.0);
    }
}
