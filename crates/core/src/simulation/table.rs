//! The measurements of simulations, row by row in a file, so that an interruption loses none that is finished.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::acquisition::Strategy;
use crate::choice::Choice;
use crate::files::{self, FileError, Kind, begins_with, existing_beside, has_keys};
use crate::input::{self, Lines};
use crate::model::config::TargetKind;

/// What was measured at one number of labels; accuracies are in 0..=1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// By which the samples were chosen.
    pub strategy: Strategy,
    /// The simulation's.
    pub seed: u64,
    /// Samples that had a label.
    pub labels: usize,
    /// Unlabelled samples whose propagated class is the true one.
    pub unlabelled_accuracy: f64,
    /// Test images that a network classifies right, where one was trained.
    pub test_accuracy: Option<f64>,
    /// Expected calibration error of what was propagated to the unlabelled samples.
    pub ece: f64,
}

/// What makes measurements comparable. Those of other options do not go into the same file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The data folder, as it was named.
    pub data: PathBuf,
    /// What the samples were compared by.
    #[serde(default = "pixels")]
    pub neighbours: String,
    /// Random labels to begin with.
    pub start: usize,
    /// Labels between two rankings.
    pub batch: usize,
    /// Labels at the end.
    pub budget: usize,
    /// What a network is taught of samples without a label.
    pub targets: TargetKind,
    /// Dimensions of a network's latent space.
    pub latent_dim: usize,
    /// Epochs that a network is trained for.
    pub epochs: usize,
    /// Numbers of labels at which a network is trained and tested.
    pub train_at: Vec<usize>,
}

/// Before there was another choice, all were compared by them.
fn pixels() -> String {
    "pixels".into()
}

/// Why a file of measurements cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The operating system refused.
    #[error("{}: cannot be read or written ({source}); choose another place or make room", path.display())]
    Io {
        /// The table.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// The file holds something else.
    #[error("{}: {problem}; move the file away or choose another --output", path.display())]
    Other {
        /// The table.
        path: PathBuf,
        /// What it is instead.
        problem: String,
    },
    /// It may not be written over, or cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// The file, and the rows in it.
pub struct Table {
    path: PathBuf,
    rows: Vec<Measured>,
}

/// Bytes of the file, and of the options beside it.
const LARGEST: u64 = 256 << 20;

const HEADER: &str = "strategy,seed,labels,unlabelled_accuracy,test_accuracy,ece";

const TABLE: Kind = Kind {
    what: "a table of simulations",
    recognises: |file| begins_with(file, HEADER),
};

const OPTIONS: Kind = Kind {
    what: "a file of options of simulations",
    recognises: |file| has_keys(file, &["data", "start", "batch", "budget", "train_at"]),
};

impl Table {
    /// Opens the file with the measurements so far, or begins one. `<path>.json` says which options it is of.
    ///
    /// # Errors
    /// A file of other options, one that is none, and one that cannot be read or written.
    pub fn open(path: &Path, options: &Options) -> Result<Self, TableError> {
        let other = |problem: String| TableError::Other {
            path: path.to_owned(),
            problem,
        };
        let beside = existing_beside(path, "csv", ".json");
        let mut table = Self {
            path: path.to_owned(),
            rows: Vec::new(),
        };
        files::check(path, &Kind::ANY)?;
        if std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
            let text = input::read_text(&beside, LARGEST).map_err(|error| {
                other(format!(
                    "is no file of simulations: {} cannot be read ({error})",
                    beside.display()
                ))
            })?;
            let of: Options = serde_json::from_str(&text)
                .map_err(|error| other(format!("{} is damaged ({error})", beside.display())))?;
            if of != *options {
                return Err(other("holds measurements with other options".into()));
            }
            table.read()?;
        } else {
            let text = serde_json::to_string_pretty(options)
                .map_err(|error| other(format!("the options cannot be written ({error})")))?;
            files::write(&beside, &OPTIONS, (text + "\n").as_bytes())?;
            files::write(path, &TABLE, format!("{HEADER}\n").as_bytes())?;
        }
        Ok(table)
    }

    fn read(&mut self) -> Result<(), TableError> {
        let other = |problem: String| TableError::Other {
            path: self.path.clone(),
            problem,
        };
        let text = input::read_text(&self.path, LARGEST).map_err(|source| TableError::Io {
            path: self.path.clone(),
            source,
        })?;
        if text.lines().next() != Some(HEADER) {
            return Err(other(format!("line 1 is not {HEADER}")));
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        for row in reader.deserialize() {
            self.rows.push(row.map_err(|error: csv::Error| {
                let byte = error.position().map_or(0, csv::Position::byte);
                let line = Lines::new(text.as_bytes()).of(byte);
                other(format!("line {line} is no measurement ({error})"))
            })?);
        }
        Ok(())
    }

    /// All measurements in the file, simulation by simulation.
    pub fn rows(&self) -> &[Measured] {
        &self.rows
    }

    /// Whether a simulation is in it. It is there as a whole or not at all.
    pub fn has(&self, strategy: Strategy, seed: u64) -> bool {
        self.rows
            .iter()
            .any(|row| row.strategy == strategy && row.seed == seed)
    }

    /// Adds the rows of a whole simulation to the file in one piece.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn extend(&mut self, rows: Vec<Measured>) -> Result<(), TableError> {
        let io = |source| TableError::Io {
            path: self.path.clone(),
            source,
        };
        let mut writer = csv::WriterBuilder::new()
            .has_headers(false)
            .from_writer(Vec::new());
        for row in &rows {
            let share = |value: f64| format!("{value:.5}");
            let test = row.test_accuracy.map(share).unwrap_or_default();
            let fields = [
                row.strategy.name().to_owned(),
                row.seed.to_string(),
                row.labels.to_string(),
                share(row.unlabelled_accuracy),
                test,
                share(row.ece),
            ];
            writer.write_record(fields).map_err(|error| io(error.into()))?;
        }
        let bytes = writer.into_inner().map_err(|error| io(error.into_error()))?;
        let mut file = OpenOptions::new().append(true).open(&self.path).map_err(io)?;
        file.write_all(&bytes)
            .and_then(|()| file.sync_data())
            .map_err(io)?;
        self.rows.extend(rows);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            neighbours: "pixels".into(),
            data: "data/mnist".into(),
            start: 0,
            batch: 1,
            budget: 10,
            targets: TargetKind::Propagated,
            latent_dim: 2,
            epochs: 20,
            train_at: vec![10],
        }
    }

    fn row(seed: u64, test_accuracy: Option<f64>) -> Measured {
        Measured {
            strategy: Strategy::ExploreRefine,
            seed,
            labels: 10,
            unlabelled_accuracy: 0.5,
            test_accuracy,
            ece: 0.25,
        }
    }

    #[test]
    fn what_was_measured_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/table.csv");
        let mut table = Table::open(&path, &options()).unwrap();
        table.extend(vec![row(1, None), row(1, Some(0.75))]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(
            text,
            format!(
                "{HEADER}\nexplore-refine,1,10,0.50000,,0.25000\nexplore-refine,1,10,0.50000,0.75000,0.25000\n"
            )
        );
        let again = Table::open(&path, &options()).unwrap();
        assert_eq!(again.rows(), table.rows());
        assert!(again.has(Strategy::ExploreRefine, 1) && !again.has(Strategy::ExploreRefine, 2));
        assert!(!again.has(Strategy::Random, 1));
    }

    #[test]
    fn other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.csv");
        Table::open(&path, &options()).unwrap();
        let other = Options {
            batch: 5,
            ..options()
        };
        let error = Table::open(&path, &other).err().unwrap().to_string();
        assert!(
            error.contains("table.csv: holds measurements with other options"),
            "{error}"
        );
        std::fs::write(&path, format!("{HEADER}\nexplore-refine,1,ten,0.5,,0.1\n")).unwrap();
        let error = Table::open(&path, &options()).err().unwrap().to_string();
        assert!(error.contains("line 2"), "{error}");
        let foreign = folder.path().join("foreign.csv");
        std::fs::write(&foreign, "Serial,label\n").unwrap();
        let error = Table::open(&foreign, &options()).err().unwrap().to_string();
        assert!(error.contains("foreign.csv"), "{error}");
        assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "Serial,label\n");
    }
}
