//! `<stem>_history.csv`, column for column as the Python system writes it.

use std::path::{Path, PathBuf};

use crate::model::objective::Metric;
use crate::training::history::EpochMetrics;

use crate::files::{self, Kind, begins_with, beside};

use super::OutputError;

/// The names of the columns.
fn header() -> String {
    let columns = Metric::ALL.map(Metric::column);
    let both = columns.map(|column| format!(",{column},val_{column}"));
    format!("epoch{}", both.concat())
}

/// What it is known again by, before it is written over.
pub const HISTORY: Kind = Kind {
    what: "a loss history",
    recognises: |file| begins_with(file, &header()),
};

/// Where the history of these weights is: `ssvae.ckpt` has `ssvae_history.csv`.
pub fn history_path(weights: &Path) -> PathBuf {
    beside(weights, "ckpt", "_history.csv")
}

/// Where the loss curves of these weights are: `ssvae.ckpt` has `ssvae_loss.png`.
pub fn plot_path(weights: &Path) -> PathBuf {
    beside(weights, "ckpt", "_loss.png")
}

/// Writes the history as the Python system does: a CSV row per epoch, numbered from 1, with training and validation value of
/// each metric, eight decimals.
///
/// # Errors
/// If something else stands there, or it cannot be written.
pub fn write_history(path: &Path, history: &[EpochMetrics]) -> Result<(), OutputError> {
    let mut text = header() + "\n";
    for (
        row,
        EpochMetrics {
            train, validation, ..
        },
    ) in history.iter().enumerate()
    {
        text += &(row + 1).to_string();
        for metric in Metric::ALL {
            text += &format!(",{:.8},{:.8}", train[metric], validation[metric]);
        }
        text.push('\n');
    }
    Ok(files::write(path, &HISTORY, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::objective::Losses;

    #[test]
    fn rows_look_like_the_python_systems() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = history_path(&folder.path().join("ssvae.ckpt"));
        let train = Losses::from(Metric::ALL.map(|metric| match metric {
            Metric::Total => 53.954_33,
            Metric::Term(_) => 1.730_76,
        }));
        let epoch = EpochMetrics {
            epoch: 1,
            of: 1,
            train,
            validation: train,
            seconds: 1.0,
            best: true,
        };
        write_history(&path, &[epoch, epoch])?;
        assert!(path.ends_with("ssvae_history.csv"));
        let text = std::fs::read_to_string(&path)?;
        let lines: Vec<&str> = text.lines().collect();
        let theirs = include_str!("../../../../tests/fixtures/dense_history.csv");
        assert_eq!(Some(lines[0]), theirs.lines().next());
        assert!(lines[1].starts_with("1,53.954330"), "{}", lines[1]);
        assert!(lines[2].starts_with("2,"));
        assert!(
            lines[1]
                .split(',')
                .skip(1)
                .all(|cell| cell.split_once('.').is_some_and(|(_, d)| d.len() == 8))
        );
        Ok(())
    }
}
