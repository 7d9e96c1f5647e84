//! Made-up runs and results, which the tests of several crates show and write. The module is public and not of tests alone
//! because the tests of a crate cannot be used by another one, and a feature for them would build this crate twice.

use std::sync::Arc;

use jiff::Timestamp;

use crate::classes::ClassCount;
use crate::evaluation::Evaluation;
use crate::model::config::{Architecture, TrainingConfig};
use crate::outputs::results::Report;
use crate::training::record::{LabelsUsed, RunRecord, TestFigures};

/// A run that has just begun.
pub(crate) fn record() -> RunRecord {
    RunRecord {
        id: "20261125T120000Z".into(),
        started: Timestamp::UNIX_EPOCH,
        backend: "CPU".into(),
        architecture: Architecture::default(),
        config: TrainingConfig::default(),
        labels: LabelsUsed::of(&[]),
        first_step: 0,
        began_with: String::new(),
        adjustments: Vec::new(),
        epochs: Vec::new(),
        states: Vec::new(),
        propagated: None,
        tested: Vec::new(),
        test: None,
        outcome: None,
    }
}

/// A run of this many labels and of as many epochs as there are accuracies.
pub(crate) fn run(id: &str, labels: usize, accuracies: &[f64]) -> Arc<RunRecord> {
    let tested = (1..).zip(accuracies).map(|(epoch, &accuracy)| TestFigures {
        epoch,
        accuracy: Some(accuracy),
        calibration_error: None,
        reconstruction: 0.5,
    });
    Arc::new(RunRecord {
        id: id.into(),
        labels: LabelsUsed {
            count: labels,
            sha256: String::new(),
        },
        propagated: Some(Evaluation::of(
            ClassCount::default(),
            [(0, Some(0), 0.9), (0, Some(1), 0.9)].into_iter(),
        )),
        tested: tested.collect(),
        ..record()
    })
}

/// Results of ten thousand test images and three runs, of which two are compared.
pub fn report() -> Report {
    let runs = vec![
        run("b", 200, &[0.9, 0.96]),
        run("a", 100, &[0.8, 0.85, 0.94]),
        run("c", 200, &[0.95]),
    ];
    let samples = (0..10_000_u32).map(|i| {
        let truth = (i % 10) as u8;
        let predicted = match i % 70 {
            4 | 24 => 9,
            19 | 38 => 3,
            _ => truth,
        };
        (truth, Some(predicted), 0.5 + (i % 97) as f32 / 200.0)
    });
    Report {
        headline:
            "Test images, now: 94.28 % of 10,000 right · calibration error 20.14 % · reconstruction error 0.0374"
                .into(),
        of: "Test images, now".into(),
        classes: ClassCount::default().iter().map(|class| class.to_string()).collect(),
        evaluation: Some(Evaluation::of(ClassCount::default(), samples)),
        reconstruction: Some(0.0374),
        accuracy: vec![(10, 0.812), (20, 0.9043), (30, 0.9301), (50, 0.95), (100, 0.9634)],
        drawn: vec![
            ("25 Nov 11:00".into(), runs[0].clone()),
            ("25 Nov 12:00".into(), runs[1].clone()),
        ],
        runs,
        compared: true,
    }
}
