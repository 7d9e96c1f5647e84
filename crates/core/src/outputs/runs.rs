//! `artifacts/runs/<id>.json`: a [`RunRecord`] each, written anew after every epoch.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::evaluation::Evaluation;
use crate::input;
use crate::model::config::{Adjustment, Architecture, TrainingConfig};
use crate::training::history::{EpochMetrics, RunStatus};
use crate::training::record::{Adjusted, LabelsUsed, RunOutcome, RunRecord, TestFigures};
use crate::training::tested::Tested;

use crate::files::{self, Kind, Replacement};

use super::OutputError;
use super::clouds::{cloud_path, weights_path};
use super::kinds::RECORD;

/// What is known when a run begins.
pub struct RunStart<'a> {
    /// Name of the backend for the user, such as `CPU`.
    pub backend: String,
    /// Sizes of the network.
    pub architecture: &'a Architecture,
    /// The hyperparameters at its beginning.
    pub config: &'a TrainingConfig,
    /// `labels[serial]` is the user's label of a sample.
    pub labels: &'a [Option<u8>],
    /// See [`RunRecord::propagated`].
    pub propagated: Option<Evaluation>,
    /// Optimizer steps that the model has seen.
    pub step: i64,
    /// Digest of the weights that it begins with.
    pub state: String,
}

/// Keeps the record of a run on the disk.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    record: RunRecord,
    /// Whether it is on the disk, under a name of its own.
    named: bool,
}

impl Recorder {
    /// A record that is not on the disk yet.
    pub fn new(folder: &Path, start: RunStart) -> Self {
        let started = Timestamp::now();
        Self {
            folder: folder.to_owned(),
            record: RunRecord {
                id: stem(started),
                started,
                backend: start.backend,
                architecture: start.architecture.clone(),
                config: start.config.clone(),
                labels: LabelsUsed::of(start.labels),
                first_step: start.step,
                began_with: start.state,
                adjustments: Vec::new(),
                epochs: Vec::new(),
                states: Vec::new(),
                propagated: start.propagated,
                tested: Vec::new(),
                test: None,
                outcome: None,
            },
            named: false,
        }
    }

    /// The record as it stands, on the disk or not yet.
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// An epoch has ended with weights of this digest.
    pub fn epoch(&mut self, metrics: &EpochMetrics, state: String) {
        self.record.epochs.push(*metrics);
        self.record.states.push(state);
    }

    /// The last epoch was tested with these results.
    pub fn tested(&mut self, tested: &Tested) {
        let evaluation = &tested.evaluation;
        self.record.tested.push(TestFigures {
            epoch: self.record.epochs.len(),
            accuracy: evaluation.accuracy(),
            calibration_error: evaluation.calibration_error(),
            reconstruction: tested.reconstruction,
        });
        self.record.test = Some(evaluation.clone());
    }

    /// From `batch` batches of `epoch` (from 1) on.
    pub(crate) fn adjusted(&mut self, epoch: usize, batch: usize, to: Adjustment) {
        self.record.adjustments.push(Adjusted { epoch, batch, to });
    }

    /// The run has ended so; `message` is for the user.
    pub fn finish(&mut self, status: RunStatus, message: &str) {
        self.record.outcome = Some(RunOutcome {
            status,
            message: message.to_owned(),
        });
    }

    /// Puts the record as it is now on the disk. With the first time it gets its name, which no other run has and none that
    /// begins in the same second gets.
    pub fn write(&mut self) -> Result<(), OutputError> {
        if self.named {
            return Ok(files::write(&self.path(), &RECORD, &self.text()?)?);
        }
        let stem = stem(self.record.started);
        let numbered = (2_u32..).map(|number| format!("{stem}-{number}"));
        for id in std::iter::once(stem.clone()).chain(numbered) {
            self.record.id = id;
            let path = self.path();
            let beside = [cloud_path, weights_path].map(|path| path(&self.folder, &self.record.id));
            if path.exists() || beside.iter().any(|path| path.exists()) {
                continue;
            }
            let text = self.text()?;
            let mut file = Replacement::begin(&path, &Kind::ANY)?;
            match file.write_all(&text).and_then(|()| file.finish_new()) {
                Ok(_) => break,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(source) => return Err(OutputError::Write { path, source }),
            }
        }
        self.named = true;
        Ok(())
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.record.id))
    }

    fn text(&self) -> Result<Vec<u8>, OutputError> {
        let mut text = serde_json::to_vec_pretty(&self.record).map_err(|error| OutputError::Write {
            path: self.path(),
            source: error.into(),
        })?;
        text.push(b'\n');
        Ok(text)
    }
}

/// Runs are named by the second in which they begin.
fn stem(started: Timestamp) -> String {
    started.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Bytes of a record; an epoch takes some 500.
const LARGEST: u64 = 64 << 20;

/// Files that are named where they are no records; the others are counted.
const TOLD: usize = 3;

/// All records in `folder`, the oldest first, and for the user what is wrong with files that are none. A missing folder has
/// no records.
pub fn read_runs(folder: &Path) -> (Vec<RunRecord>, Vec<String>) {
    let mut problems = Vec::new();
    let mut records = Vec::new();
    let files = match fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return (records, problems),
        Err(error) => {
            let folder = folder.display();
            problems.push(format!(
                "{folder}: earlier runs cannot be listed ({error}); choose another folder for the records of runs"
            ));
            return (records, problems);
        }
    };
    let paths = files.flatten().map(|file| file.path());
    for path in paths.filter(|path| path.extension().is_some_and(|ending| ending == "json")) {
        let read = || -> io::Result<RunRecord> { Ok(serde_json::from_slice(&input::read(&path, LARGEST)?)?) };
        match read() {
            Ok(record) => records.push(record),
            Err(error) => problems.push(format!(
                "{}: not a record of a run ({error}); correct it or move it away",
                path.display()
            )),
        }
    }
    records.sort_by(|a, b| (a.started, &a.id).cmp(&(b.started, &b.id)));
    problems.sort();
    if let more @ 1.. = problems.len().saturating_sub(TOLD) {
        problems.truncate(TOLD);
        let folder = folder.display();
        problems.push(format!(
            "{folder}: {more} more files are not records of runs; correct them or move them away"
        ));
    }
    (records, problems)
}

#[cfg(test)]
mod tests;
