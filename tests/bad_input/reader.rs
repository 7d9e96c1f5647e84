//! What the window reads besides images, labels and checkpoint, each by its own reader, in a process of its own: this test
//! binary again.

use std::env;
use std::io;
use std::path::Path;
use std::process::{Command, exit};
use std::sync::Arc;

use ssvae_core::checkpoint::load_configuration;
use ssvae_core::classes::{ClassCount, read_classes};
use ssvae_core::labels::{LabelStore, UnsureMarks, audit_path, read_labels};
use ssvae_core::outputs::accuracy::{self, Curve};
use ssvae_core::outputs::{clouds, runs};
use ssvae_core::printable;

const VARIABLE: &str = "SSVAE_TEST_READER";

pub const SAMPLES: usize = 12;

/// Runs the reader of such files in the current folder.
pub fn command(of: &str) -> io::Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command
        .args(["--exact", "reader::reads", "--ignored", "--nocapture"])
        .env(VARIABLE, of);
    Ok(command)
}

#[test]
#[ignore = "it is what the other test runs"]
fn reads() {
    let Ok(of) = env::var(VARIABLE) else { return };
    let (data, labels) = (Path::new("data"), Path::new("data/labels.csv"));
    let classes = ClassCount::default();
    let problems: Vec<String> = match of.as_str() {
        "classes" => read_classes(data).1.iter().map(ToString::to_string).collect(),
        "history" => {
            let (_store, opened) = LabelStore::open(labels, SAMPLES, classes, Arc::new(|| {}));
            opened.troubles.history.into_iter().collect()
        }
        "unsure" => UnsureMarks::open(labels)
            .err()
            .iter()
            .map(ToString::to_string)
            .collect(),
        "audit" => match read_labels(&audit_path(labels), SAMPLES, classes) {
            Ok((_, rows)) => rows.into_iter().map(|row| row.message).collect(),
            Err(error) => vec![error.to_string()],
        },
        "accuracy" => Curve::read(&accuracy::path(labels))
            .err()
            .map(|error| format!("data/labels.accuracy.csv: {error}"))
            .into_iter()
            .collect(),
        "settings" => load_configuration(Path::new("w.ckpt"), None)
            .1
            .into_iter()
            .collect(),
        "runs" => runs::read_runs(Path::new("runs")).1,
        "cloud" => clouds::read(Path::new("runs/x.npz"), SAMPLES)
            .err()
            .iter()
            .map(ToString::to_string)
            .collect(),
        other => vec![format!("no reader of {other}")],
    };
    for problem in problems.iter().take(4) {
        eprintln!("warning: {}", printable::line(problem));
    }
    if let more @ 1.. = problems.len().saturating_sub(4) {
        eprintln!("warning: and {more} more");
    }
    exit(0);
}
