//! The event log: one JSON object per line, flushed at once, each with `event` and `t` (seconds since the start of
//! the process). docs/event-log.md documents the events; they are stable.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Serialize, Serializer};

use ssvae_core::files::{self, FileError, Kind};
use ssvae_core::model::objective::{Losses, Metric};
use ssvae_core::training::history::RunStatus;

/// The losses of the training split and of the validation split: `train_loss`, `val_loss`, `train_kl_loss`, and so on.
#[derive(Debug, Clone, PartialEq)]
pub struct EpochLosses(pub [Losses; 2]);

impl Serialize for EpochLosses {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = Metric::ALL.map(|metric| (metric, metric.column()));
        let splits = ["train", "val"].into_iter().zip(&self.0);
        serializer.collect_map(names.iter().flat_map(|(metric, column)| {
            let entry = move |(split, losses): (_, &Losses)| (format!("{split}_{column}"), losses[*metric]);
            splits.clone().map(entry)
        }))
    }
}

/// An event with its facts, as docs/event-log.md documents it.
#[derive(Serialize, Debug, Clone, PartialEq)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LogEntry {
    /// The first picture stands in the window.
    FirstFrame,
    /// The cloud stands on the screen.
    Ready {
        points: usize,
        backend: String,
        checkpoint: Option<PathBuf>,
    },
    /// The view has come to rest; window pixels, the latent's y grows upward.
    View {
        center: [f32; 2],
        pixels_per_unit: f32,
        viewport: [f32; 4],
    },
    Selected {
        serial: Option<u32>,
    },
    Hovered {
        serial: Option<u32>,
    },
    /// The points that a box or a lasso was drawn around; `kind` is null where they were let go.
    Selection {
        kind: Option<&'static str>,
        count: usize,
    },
    /// `ms` from the start of the frame in which the key or click arrived to the handing over of the picture that shows the
    /// point in its new colour.
    Recoloured {
        serial: u32,
        label: Option<u8>,
        ms: f64,
    },
    /// `ms` from the key or button to the answer of the disk.
    Labelled {
        serial: u32,
        label: Option<u8>,
        saved: bool,
        ms: f64,
    },
    /// The same for a label of the audit.
    Audited {
        serial: u32,
        label: Option<u8>,
        saved: bool,
        ms: f64,
    },
    /// The filter, by the panel or the legend; `shown` samples pass.
    Filter {
        shown: usize,
    },
    /// An action on labels was taken back, or done again; the change of each label is logged as `labelled`.
    Undone {
        count: usize,
    },
    Redone {
        count: usize,
    },
    /// Another program changed labels.csv and its rows are shown now.
    LabelsReloaded {
        labelled: usize,
    },
    /// Another program wrote labels.csv: so many labels that it had dropped were put back, and so many it changed.
    LabelsMerged {
        restored: usize,
        changed: usize,
    },
    /// labels.csv is gone, and so many labels with it; 0 when they are back.
    LabelsGone {
        labels: usize,
    },
    /// The similarity graph of the images is built; `ms` it took.
    Compared {
        samples: usize,
        ms: u64,
    },
    /// A map of the samples is finished.
    Mapped {
        /// What it is a map of.
        of: &'static str,
        axes: usize,
    },
    /// So many labels have been propagated to all samples; `ms` it took.
    Propagated {
        labels: usize,
        ms: u64,
    },
    /// Two states of the model are compared; `changed` samples have another class. `ms` from the wish to both being loaded.
    Changes {
        from: String,
        to: String,
        changed: usize,
        ms: u64,
    },
    ColorMode {
        mode: &'static str,
    },
    TrainingStarted {
        epochs: usize,
        backend: String,
    },
    Epoch {
        epoch: usize,
        of: usize,
        #[serde(flatten)]
        losses: EpochLosses,
        seconds: f64,
    },
    /// What the model in memory makes of the test images; `accuracy` is null where they have no labels.
    Tested {
        images: u32,
        accuracy: Option<f64>,
        reconstruction_error: f32,
    },
    /// The points stand at the places of this version.
    Latent {
        version: u64,
    },
    /// The model was written to the disk.
    Saved {
        path: PathBuf,
    },
    TrainingFinished {
        status: RunStatus,
        message: String,
    },
    Error {
        message: String,
    },
}

/// Why events cannot be logged.
#[derive(Debug, thiserror::Error)]
pub enum EventLogError {
    #[error("{}: the event log cannot be written ({source}); choose another file for the event log", path.display())]
    Write { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    File(#[from] FileError),
}

/// Existing files that may be appended to.
const EVENTS: Kind = Kind {
    what: "an event log",
    recognises: |file| {
        let line = file.lines().next().transpose()?.unwrap_or_default();
        let entry: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line)?;
        Ok(entry.contains_key("event") && entry.contains_key("t"))
    },
};

/// An open log.
#[derive(Debug)]
pub struct EventLog {
    path: PathBuf,
    file: File,
    start: Instant,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: &'a LogEntry,
    t: f64,
}

impl EventLog {
    /// Appends to `path`; `start` is the process's start.
    pub fn open(path: &Path, start: Instant) -> Result<Self, EventLogError> {
        let failed = |source| EventLogError::Write {
            path: path.to_owned(),
            source,
        };
        // Appending to a pipe or a terminal destroys nothing.
        if path.is_file() {
            files::check(path, &EVENTS)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        Ok(Self {
            path: path.to_owned(),
            file: file.map_err(failed)?,
            start,
        })
    }

    /// Appends these, a line each, in one write: a reader never sees half of one.
    pub fn write<'a>(
        &mut self,
        entries: impl IntoIterator<Item = &'a LogEntry>,
    ) -> Result<(), EventLogError> {
        let t = self.start.elapsed().as_secs_f64();
        let mut text = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut text, &Line { entry, t })
                .map_err(|error| self.failed(error.into()))?;
            text.push(b'\n');
        }
        self.file.write_all(&text).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: std::io::Error) -> EventLogError {
        EventLogError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_appended_to_another_programs_file() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("labels.csv");
        std::fs::write(&path, "Serial,label\n1,2\n")?;
        let told = EventLog::open(&path, Instant::now())
            .err()
            .ok_or("it was opened")?;
        assert!(
            told.to_string().contains("labels.csv: is not an event log"),
            "{told}"
        );
        std::fs::write(&path, "")?;
        for _ in 0..2 {
            let mut log = EventLog::open(&path, Instant::now())?;
            log.write(&[LogEntry::Error {
                message: String::new(),
            }])?;
        }
        assert_eq!(std::fs::read_to_string(&path)?.lines().count(), 2);
        Ok(())
    }

    #[test]
    fn lines_are_json_with_event_and_time() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("events.jsonl");
        let mut log = EventLog::open(&path, Instant::now())?;
        log.write(&[
            LogEntry::Labelled {
                serial: 7,
                label: None,
                saved: true,
                ms: 1.5,
            },
            LogEntry::TrainingFinished {
                status: RunStatus::EarlyStopped,
                message: "done".into(),
            },
        ])?;
        let text = std::fs::read_to_string(&path)?;
        let lines: Vec<serde_json::Value> =
            text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        assert_eq!(lines[0]["event"], "labelled");
        assert!(lines[0]["label"].is_null());
        assert!(lines[0]["t"].as_f64().is_some_and(|t| t >= 0.0));
        assert_eq!(lines[1]["status"], "early_stopped");
        Ok(())
    }
}
