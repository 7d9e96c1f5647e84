//! What the results tell, as text and as a table for other programs.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::{OutputError, write_csv};
use crate::evaluation::Evaluation;
use crate::files::Kind;
use crate::job::Job;
use crate::training::record::RunRecord;

/// All that is shown of how good the predictions are.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// All figures in one line, for the user.
    pub headline: String,
    /// Whose predictions are counted, for example `Test images, now`.
    pub of: String,
    /// Names of the classes, by their numbers.
    pub classes: Vec<String>,
    /// The counted predictions; `None` where no true class is known.
    pub evaluation: Option<Evaluation>,
    /// Mean squared error of the reconstructions per pixel.
    pub reconstruction: Option<f32>,
    /// Numbers of labels, and the share of what was propagated from them that is right.
    pub accuracy: Vec<(usize, f64)>,
    /// All runs on record, the oldest first.
    pub runs: Vec<Arc<RunRecord>>,
    /// Those whose epochs are drawn, two at most, with their names.
    pub drawn: Vec<(String, Arc<RunRecord>)>,
    /// Whether the user has chosen these to be compared.
    pub compared: bool,
}

/// Number of labels and accuracy on the test images at the end of each run that has one, by rising number, the older run
/// first.
pub fn run_ends<'a>(runs: impl IntoIterator<Item = &'a RunRecord>) -> Vec<(usize, f64)> {
    let end = |run: &RunRecord| {
        let accuracy = run.tested.last()?.accuracy?;
        accuracy.is_finite().then_some((run.labels.count, accuracy))
    };
    let mut ends: Vec<(usize, f64)> = runs.into_iter().filter_map(end).collect();
    ends.sort_by_key(|end| end.0);
    ends
}

/// Of points by rising number of labels the last one of each number.
pub fn latest(points: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let by_number = points.chunk_by(|a, b| a.0 == b.0);
    by_number.filter_map(|points| points.last().copied()).collect()
}

/// Epoch, from 1, and accuracy on the test images after it.
pub fn over_epochs(run: &RunRecord) -> impl Iterator<Item = (usize, f64)> {
    let accuracy = run.tested.iter().map(|row| (row.epoch, row.accuracy));
    accuracy.filter_map(|(epoch, accuracy)| Some((epoch, accuracy.filter(|it| it.is_finite())?)))
}

/// Reliability and the curves as tab-separated text.
pub fn curves(report: &Report) -> String {
    let share = |value: Option<f64>| value.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.4}"));
    let mut text = String::new();
    if let Some(evaluation) = &report.evaluation {
        text += "\ncertainty up to\tsamples\tmean certainty\taccuracy\n";
        for (place, bin) in (1..).zip(&evaluation.bins) {
            let end = f64::from(place) / evaluation.bins.len() as f64;
            let (certainty, accuracy) = (share(bin.mean_certainty()), share(bin.accuracy()));
            let _ = writeln!(text, "{end:.4}\t{}\t{certainty}\t{accuracy}", bin.samples);
        }
    }
    if !report.accuracy.is_empty() {
        text += "\nlabels\taccuracy of what is propagated\n";
        for (labels, accuracy) in &report.accuracy {
            let _ = writeln!(text, "{labels}\t{accuracy:.4}");
        }
    }
    if !report.runs.is_empty() {
        text += "\nrun\tlabels\taccuracy of what is propagated\ttest accuracy at the end\n";
        for run in &report.runs {
            let propagated = run.propagated.as_ref().and_then(Evaluation::accuracy);
            let tested = run.tested.last().and_then(|last| last.accuracy);
            let (id, labels) = (&run.id, run.labels.count);
            let _ = writeln!(text, "{id}\t{labels}\t{}\t{}", share(propagated), share(tested));
        }
    }
    for (name, run) in &report.drawn {
        let _ = writeln!(text, "\nepoch of the run of {name}\ttest accuracy");
        for (epoch, accuracy) in over_epochs(run) {
            let _ = writeln!(text, "{epoch}\t{accuracy:.4}");
        }
    }
    text
}

/// Writes `table,of,row,column,value`, a number a row; what is not known is left out. Tables: `figures`, `matrix` (true class,
/// predicted class or `none`), `classes` (class, measure), `reliability` (upper end of the bin, measure), `labels` (number of
/// labels, `accuracy`), `runs` (number of labels, measure) and `epochs` (epoch, measure). Accuracies are shares of 1.
///
/// # Errors
/// If the file cannot be written, or is not wanted any more.
pub fn write_results(path: &Path, report: &Report, job: &Job) -> Result<(), OutputError> {
    let failed = |error: csv::Error| OutputError::Write {
        path: path.to_owned(),
        source: error.into(),
    };
    let mut table = csv::Writer::from_writer(Vec::new());
    table
        .write_record(["table", "of", "row", "column", "value"])
        .map_err(failed)?;
    let rows = rows(report);
    for (done, (name, of, row, column, value)) in (0..).zip(&rows) {
        job.reached(done, rows.len() as u64)?;
        let value = value.to_string();
        table
            .write_record([name, of.as_str(), row, column, &value])
            .map_err(failed)?;
    }
    write_csv(path, &Kind::NEW, table)
}

type Row = (&'static str, String, String, String, f64);

fn rows(report: &Report) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut add = |table, of: &str, row: String, column: &str, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            rows.push((table, of.to_owned(), row, column.to_owned(), value));
        }
    };
    let of = report.of.as_str();
    let reconstruction = report.reconstruction.map(f64::from);
    let name = |class: usize| report.classes.get(class).map_or("", String::as_str);
    if let Some(evaluation) = &report.evaluation {
        for (column, value) in [
            ("samples", Some(f64::from(evaluation.samples()))),
            ("right", Some(f64::from(evaluation.right()))),
            ("accuracy", evaluation.accuracy()),
            ("calibration_error", evaluation.calibration_error()),
        ] {
            add("figures", of, String::new(), column, value);
        }
    }
    add(
        "figures",
        of,
        String::new(),
        "reconstruction_error",
        reconstruction,
    );
    if let Some(evaluation) = &report.evaluation {
        for truth in 0..evaluation.classes() {
            for predicted in 0..evaluation.classes() {
                let count = f64::from(evaluation.matrix[truth][predicted]);
                add("matrix", of, name(truth).into(), name(predicted), Some(count));
            }
            let without = f64::from(evaluation.without[truth]);
            add("matrix", of, name(truth).into(), "none", Some(without));
        }
        for class in 0..evaluation.classes() {
            for (column, value) in [
                ("precision", evaluation.precision(class)),
                ("recall", evaluation.recall(class)),
                ("f1", evaluation.f1(class)),
                ("images", Some(f64::from(evaluation.support(class)))),
            ] {
                add("classes", of, name(class).into(), column, value);
            }
        }
        for (place, bin) in (1..).zip(&evaluation.bins) {
            let end = format!("{:.4}", f64::from(place) / evaluation.bins.len() as f64);
            for (column, value) in [
                ("samples", Some(f64::from(bin.samples))),
                ("certainty", bin.mean_certainty()),
                ("accuracy", bin.accuracy()),
            ] {
                add("reliability", of, end.clone(), column, value);
            }
        }
    }
    for (labels, accuracy) in &report.accuracy {
        add(
            "labels",
            "Propagated",
            labels.to_string(),
            "accuracy",
            Some(*accuracy),
        );
    }
    for run in &report.runs {
        let labels = run.labels.count.to_string();
        let propagated = run.propagated.as_ref().and_then(Evaluation::accuracy);
        let tested = run.tested.last().and_then(|last| last.accuracy);
        add("runs", &run.id, labels.clone(), "propagated_accuracy", propagated);
        add("runs", &run.id, labels, "test_accuracy", tested);
    }
    for run in &report.runs {
        for row in &run.tested {
            for (column, value) in [
                ("test_accuracy", row.accuracy),
                ("calibration_error", row.calibration_error),
                ("reconstruction_error", Some(row.reconstruction.into())),
            ] {
                add("epochs", &run.id, row.epoch.to_string(), column, value);
            }
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::{report, run};

    #[test]
    fn ends_of_runs_are_a_curve() {
        let report = report();
        let ends = run_ends(report.runs.iter().map(|run| &**run));
        assert_eq!(ends, [(100, 0.94), (200, 0.96), (200, 0.95)]);
        assert_eq!(latest(&ends), [(100, 0.94), (200, 0.95)]);
        assert_eq!(run_ends([&*run("d", 3, &[]), &*run("e", 3, &[f64::NAN])]), []);
    }

    #[test]
    fn curves_are_copied_as_text() {
        let text = curves(&report());
        assert!(
            text.starts_with("\ncertainty up to\tsamples\tmean certainty\taccuracy\n0.0667\t0\tn/a\tn/a\n"),
            "{text}"
        );
        assert!(
            text.contains("\n\nlabels\taccuracy of what is propagated\n10\t0.8120\n"),
            "{text}"
        );
        assert!(text.contains("\nb\t200\t0.5000\t0.9600\n"), "{text}");
        let epochs = "\nepoch of the run of 25 Nov 12:00\ttest accuracy\n1\t0.8000\n2\t0.8500\n3\t0.9400\n";
        assert!(text.ends_with(epochs), "{text}");
    }

    #[test]
    fn the_table_has_a_number_a_row() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("results.csv");
        let mut report = report();
        report.classes[9] = "nine, \"9\"".into();
        write_results(&path, &report, &Job::new(|| {})).unwrap();
        let mut table = csv::Reader::from_path(&path).unwrap();
        let rows: Vec<Vec<String>> = table
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        for expected in [
            ["figures", "Test images, now", "", "accuracy", "0.9428"],
            ["matrix", "Test images, now", "4", "nine, \"9\"", "286"],
            ["matrix", "Test images, now", "4", "none", "0"],
            ["classes", "Test images, now", "4", "recall", "0.714"],
            ["classes", "Test images, now", "0", "f1", "1"],
            ["labels", "Propagated", "20", "accuracy", "0.9043"],
            ["runs", "c", "200", "test_accuracy", "0.95"],
            ["epochs", "a", "2", "reconstruction_error", "0.5"],
        ] {
            assert!(rows.iter().any(|row| row == &expected), "{expected:?}");
        }
        assert!(rows.iter().all(|row| row[4].parse::<f64>().is_ok()));
        assert_eq!(rows.iter().filter(|row| row[0] == "matrix").count(), 110);
    }
}
