//! Accuracy of the propagated labels → the curve over the number of labels, and its file beside labels.csv. A thread writes
//! the file.

use std::path::Path;
use std::thread;
use std::time::Duration;

use bevy::prelude::*;
use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;

use crate::bridge::learning::state::Learning;
use crate::bridge::panels::problem_cards::ProblemCards;
use crate::bridge::start::{Start, Urgency, Wake};
use crate::bridge::worker::messages::DatasetLoaded;
use crate::ui::Cause;
use ssvae_core::outputs::OutputError;
use ssvae_core::outputs::accuracy::{self, Curve, Row};

/// Least time between two changes of the file.
const PAUSE: Duration = Duration::from_secs(1);

pub struct AccuracyCurvePlugin;

impl Plugin for AccuracyCurvePlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Accuracy>()
            .add_systems(Update, (open, note, answer).chain());
    }
}

/// The curve as it is shown, and the channels to the thread that writes it.
#[derive(Resource, Default)]
pub struct Accuracy {
    pub curve: Curve,
    file: Option<File>,
    /// Version of the propagated labels that the curve contains.
    version: u64,
}

struct File {
    rows: Sender<Row>,
    answers: Receiver<Result<(), OutputError>>,
}

fn open(
    mut loaded: MessageReader<DatasetLoaded>,
    start: Res<Start>,
    wake: Res<Wake>,
    mut accuracy: ResMut<Accuracy>,
    mut problems: ResMut<ProblemCards>,
) -> Result {
    for _ in loaded.read() {
        let path = accuracy::path(&start.options.labels_path());
        accuracy.file = None;
        match Curve::read(&path) {
            Ok(curve) => accuracy.curve = curve,
            // A file that cannot be read is not overwritten.
            Err(error) => {
                let path = path.display();
                let problem = format!("{path}: cannot be read ({error}); the accuracy by labels is not kept");
                problems.report(Cause::Accuracy, problem);
                continue;
            }
        }
        let (rows, wanted) = unbounded();
        let (answered, answers) = unbounded();
        let wake = wake.0.clone();
        thread::Builder::new().name("accuracy".into()).spawn(move || {
            keep(&path, &wanted, PAUSE, |answer| {
                let _ = answered.send(answer);
                wake(Urgency::Answer);
            });
        })?;
        accuracy.file = Some(File { rows, answers });
    }
    Ok(())
}

/// Writes rows to the file until the channel is closed. Reports the first failure after a success, and the first success
/// after failures: rows that were not written are tried again with the next row.
fn keep(path: &Path, rows: &Receiver<Row>, pause: Duration, tell: impl Fn(Result<(), OutputError>)) {
    let (mut waiting, mut failed) = (Vec::new(), false);
    while let Ok(row) = rows.recv() {
        for row in std::iter::once(row).chain(rows.try_iter()) {
            // For one number of labels, the last accuracy counts.
            waiting.pop_if(|last: &mut Row| last.labels == row.labels);
            waiting.push(row);
        }
        let written = accuracy::append(path, &waiting);
        if written.is_ok() {
            waiting.clear();
        }
        if written.is_err() != failed {
            failed = written.is_err();
            tell(written);
        }
        thread::sleep(pause);
    }
}

fn note(learning: Res<Learning>, mut accuracy: ResMut<Accuracy>) {
    if accuracy.version == learning.version {
        return;
    }
    accuracy.version = learning.version;
    let found = learning.evaluation.as_ref().and_then(|found| found.accuracy());
    let (Some(found), labels @ 1..) = (found, learning.labels) else {
        return;
    };
    let row = accuracy.curve.note(Timestamp::now(), labels, found);
    if let (Some(row), Some(file)) = (row, &accuracy.file) {
        // The thread lives as long as the channel.
        let _ = file.rows.send(row);
    }
}

fn answer(accuracy: Res<Accuracy>, mut problems: ResMut<ProblemCards>) {
    let answers = accuracy.file.iter().flat_map(|file| file.answers.try_iter());
    for answer in answers {
        match answer {
            Ok(()) => problems.mended(Cause::Accuracy),
            Err(error) => problems.report(Cause::Accuracy, error.to_string()),
        }
    }
}
