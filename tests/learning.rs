//! Active learning in a real window: from no label and no model to a trained one, key by key.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::job::Job;
use ssvae_core::outputs::runs::read_runs;
use ssvae_core::similarity::Similarity;
use ssvae_core::training::lineage;
use ssvae_test_support::desktop::{Dashboard, Desktop, LEFT_PANEL};
use ssvae_test_support::{Outcome, checkout, copy_of_the_data, pause, read_npz};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

const LABELS: usize = 30;
const MORE: usize = 10;

/// Share of the images whose class `ssvae propagate` gets right from the labels in the folder.
fn propagated_accuracy(folder: &Path, truth: &Dataset) -> Result<f64, Box<dyn std::error::Error>> {
    let status = Command::new(SSVAE)
        .current_dir(folder)
        .args(["propagate", "--output", "propagated.csv"])
        .status()?;
    assert!(status.success());
    let text = std::fs::read_to_string(folder.join("propagated.csv"))?;
    let right = text.lines().skip(1).filter(|line| {
        let mut fields = line.split(',').map(|field| field.parse::<u32>().ok());
        let (serial, label) = (fields.next().flatten(), fields.next().flatten());
        serial.and_then(|serial| truth.true_label(serial)).map(u32::from) == label
    });
    Ok(right.count() as f64 / truth.len() as f64)
}

/// Who labels what the queue offers, and knows it all.
struct Hand<'a> {
    desktop: &'a Desktop,
    truth: &'a Dataset,
    /// Labels that were there before.
    before: usize,
    serials: Vec<u32>,
    /// From each key to what it says of the others.
    flowed: Vec<Duration>,
}

impl Hand<'_> {
    /// Labels the first of the queue, and waits until its label has spread.
    fn label(&mut self, window: &mut Dashboard) -> Outcome {
        let selections = window.count("selected");
        self.desktop.key("n")?;
        let selected = window.nth("selected", selections)?;
        let serial = selected["serial"].as_u64().ok_or("nobody")? as u32;
        let label = self.truth.true_label(serial).ok_or("no truth")?;
        let key = Instant::now();
        self.desktop.key(&label.to_string())?;
        self.serials.push(serial);
        let count = self.before + self.serials.len();
        let [_, propagated] = window.wait_each([
            ("labelled", &|event| {
                event["saved"] == true && event["serial"] == serial
            }),
            ("propagated", &|event| event["labels"] == count),
        ])?;
        assert!(propagated["ms"].is_number(), "{propagated}");
        self.flowed.push(key.elapsed());
        // The next one comes by itself; N asks for the first of the queue as it is by then.
        window.nth("selected", selections + 1)?;
        Ok(())
    }
}

/// A run with the settings as they are; returns what it makes of the test images.
fn train(desktop: &Desktop, window: &mut Dashboard) -> Result<f64, Box<dyn std::error::Error>> {
    desktop.key("ctrl+Return")?;
    window.wait("training_started")?;
    let mut tested = None;
    for _ in 0..5 {
        tested = window.wait("tested")?["accuracy"].as_f64();
        window.wait("epoch")?;
    }
    let finished = window.wait("training_finished")?;
    assert_eq!(finished["status"], "completed", "{finished}");
    tested.ok_or_else(|| "it was not tested".into())
}

#[test]
fn thirty_keys_and_a_run_teach_nine_in_ten() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    std::fs::remove_file(folder.join("artifacts/checkpoints/ssvae.ckpt"))?;
    let data = checkout().join("data/mnist");
    let truth = Dataset::open(&data, Split::Train)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    window.nth("compared", 0)?;
    window.nth("propagated", 0)?;
    desktop.focus()?;
    desktop.move_to(LEFT_PANEL)?;

    // Nobody waits for the order of the samples.
    let mut hand = Hand {
        desktop: &desktop,
        truth: &truth,
        before: 0,
        serials: Vec::new(),
        flowed: Vec::new(),
    };
    for _ in 0..LABELS {
        hand.label(&mut window)?;
    }
    let Hand {
        serials, mut flowed, ..
    } = hand;
    flowed.sort_unstable();
    println!(
        "from a key to what it says of the others: {:?} (median), {:?} (longest)",
        flowed[LABELS / 2],
        flowed[LABELS - 1]
    );
    let accuracy = propagated_accuracy(folder, &truth)?;
    println!("{LABELS} labels: {accuracy:.4} of all images are propagated the right class");
    assert!(accuracy >= 0.9, "{accuracy}");
    let similarity = Similarity::of_images(&truth, &Job::new(|| {}))?;
    let near = |a: u32, b: u32| similarity.neighbours.of(a).any(|pair| pair.0 == b);
    let pairs = serials.windows(2);
    let neighbours: Vec<&[u32]> = pairs
        .filter(|pair| near(pair[0], pair[1]) || near(pair[1], pair[0]))
        .collect();
    // Which labels a ranking includes depends on the machine, and two neighbours may lie on both sides of a border.
    assert!(neighbours.len() <= 1, "{neighbours:?} are neighbours");

    // The colours of what was propagated go back with the label.
    desktop.key("ctrl+5")?;
    assert_eq!(window.wait("color_mode")?["mode"], "propagated");
    desktop.key("ctrl+z")?;
    window.wait("undone")?;
    window.wait_for("propagated", |event| event["labels"] == LABELS - 1)?;
    desktop.key("ctrl+shift+z")?;
    window.wait_for("propagated", |event| event["labels"] == LABELS)?;

    // The network learns from it: a run of five epochs, ten labels, another run.
    train(&desktop, &mut window)?;
    let mut hand = Hand {
        desktop: &desktop,
        truth: &truth,
        before: LABELS,
        serials: Vec::new(),
        flowed: Vec::new(),
    };
    for _ in 0..MORE {
        hand.label(&mut window)?;
    }
    let accuracy = train(&desktop, &mut window)?;

    // What the second run has changed can be seen, and counted.
    desktop.key("c")?;
    let changes = window.wait("changes")?;
    let changed = changes["changed"].as_u64().ok_or("not counted")?;
    assert!(changed > 0 && changed < 30_000, "{changes}");
    window.wait_for("color_mode", |event| event["mode"] == "changed")?;
    desktop.key("c")?;
    window.wait("color_mode")?;

    // A false label is found, and mended with one key.
    let selections = window.count("selected");
    desktop.key("n")?;
    let serial = window.nth("selected", selections)?["serial"]
        .as_u64()
        .ok_or("nobody")? as u32;
    let right = truth.true_label(serial).ok_or("no truth")?;
    desktop.key(&((right + 3) % 10).to_string())?;
    window.wait_for("propagated", |event| event["labels"] == LABELS + MORE + 1)?;
    let mut found = false;
    for _ in 0..50 {
        let selections = window.count("selected");
        desktop.key("w")?;
        pause(200);
        if window.count("selected") > selections {
            found = window.nth("selected", selections)?["serial"] == serial;
            if found {
                break;
            }
            // The doubts are worked out a moment after the labels are propagated: begin again at the first.
            desktop.key("Escape")?;
        }
    }
    assert!(found, "the false label is not the most doubtful");
    desktop.key("x")?;
    window.wait_for("labelled", |event| {
        event["serial"] == serial && event["label"] == right && event["saved"] == true
    })?;
    assert_eq!(window.count("error"), 0, "{:?}", window.events());
    window.close(&desktop)?;

    // The next start shows the same model, and both runs are on record.
    let mut window = Dashboard::open(&desktop, folder)?;
    let [ready, tested] = window.wait_each([("ready", &|_| true), ("tested", &|_| true)])?;
    let checkpoint = ready["checkpoint"].as_str().unwrap_or_default();
    assert!(checkpoint.ends_with("ssvae.last.ckpt"), "{ready}");
    assert_eq!(tested["accuracy"].as_f64(), Some(accuracy));
    window.close(&desktop)?;
    let runs = read_runs(&folder.join("artifacts/runs")).0;
    let points: Vec<usize> = runs.iter().map(|run| run.labels.count).collect();
    assert_eq!(points, [LABELS, LABELS + MORE]);
    assert_eq!(
        runs[1].tested.last().and_then(|last| last.accuracy),
        Some(accuracy)
    );
    let last = runs[1].states.last().cloned().ok_or("no state")?;
    let runs: Vec<Arc<_>> = runs.into_iter().map(Arc::new).collect();
    assert_eq!(lineage::history(&runs, &last).len(), 10);
    let output = Command::new(SSVAE)
        .current_dir(folder)
        .args([
            "infer",
            "--split",
            "test",
            "--backend",
            "cpu",
            "--output",
            "test.npz",
            "--data-dir",
        ])
        .arg(&data)
        .output()?;
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let [classes, labels] = ["pred_classes", "labels"].map(|name| read_npz(&folder.join("test.npz"), name));
    let (classes, labels) = (classes?.1, labels?.1);
    let right = classes.iter().zip(&labels).filter(|(a, b)| a == b).count();
    let accuracy = right as f64 / labels.len() as f64;
    println!("after two runs: {accuracy:.4} of the test images");
    assert!(accuracy >= 0.9, "{accuracy}");
    Ok(())
}
