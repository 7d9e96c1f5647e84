//! Active learning in a real window: from no label and no model to a trained one, key by key.

#[path = "support/desktop.rs"]
#[allow(dead_code, reason = "the other window tests use the rest")]
mod desktop;
mod support;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use desktop::{Dashboard, Desktop, LEFT_PANEL, copy_of_the_data};
use ssvae::dataset::{Dataset, Split};
use ssvae::effort::Effort;
use ssvae::similarity::Similarity;
use support::{Outcome, npz, root};

const LABELS: usize = 30;

/// Share of the images whose class `ssvae propagate` gets right from the labels in the folder.
fn propagated_accuracy(folder: &Path, truth: &Dataset) -> Result<f64, Box<dyn std::error::Error>> {
    let status = Command::new(env!("CARGO_BIN_EXE_ssvae"))
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

#[test]
fn thirty_keys_and_a_run_teach_nine_in_ten() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    std::fs::remove_file(folder.join("artifacts/checkpoints/ssvae.ckpt"))?;
    let data = root().join("data/mnist");
    let truth = Dataset::open(&data, Split::Train)?;
    let desktop = Desktop::start("1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    window.opened()?;
    window.wait("compared")?;
    window.wait("propagated")?;
    desktop.focus()?;
    desktop.move_to(LEFT_PANEL)?;

    // Nobody waits for the order of the samples.
    let (mut serials, mut flowed) = (Vec::new(), Vec::new());
    for count in 1..=LABELS {
        desktop.key("n")?;
        let selected = window.nth("selected", 2 * count - 2)?;
        let serial = selected["serial"].as_u64().ok_or("nobody")? as u32;
        let label = truth.true_label(serial).ok_or("no truth")?;
        let key = Instant::now();
        desktop.key(&label.to_string())?;
        window.wait_for("labelled", |event| {
            event["saved"] == true && event["serial"] == serial
        })?;
        let propagated = window.wait_for("propagated", |event| event["labels"] == count)?;
        assert!(propagated["ms"].is_number(), "{propagated}");
        flowed.push(key.elapsed());
        // The next one comes by itself; N asks for the first of the queue as it is by then.
        window.nth("selected", 2 * count - 1)?;
        serials.push(serial);
    }
    flowed.sort_unstable();
    println!(
        "from a key to what it says of the others: {:?} (median), {:?} (longest)",
        flowed[LABELS / 2],
        flowed[LABELS - 1]
    );
    let accuracy = propagated_accuracy(folder, &truth)?;
    println!("{LABELS} labels: {accuracy:.4} of all images are propagated the right class");
    assert!(accuracy >= 0.9, "{accuracy}");
    let similarity = Similarity::of_images(&truth, &Effort::new(|| {}))?;
    let near = |a: u32, b: u32| similarity.neighbours.of(a).any(|pair| pair.0 == b);
    for pair in serials.windows(2) {
        assert!(
            !near(pair[0], pair[1]) && !near(pair[1], pair[0]),
            "{pair:?} are neighbours"
        );
    }

    // The colours of what was propagated go back with the label.
    desktop.key("ctrl+5")?;
    assert_eq!(window.wait("color_mode")?["mode"], "propagated");
    desktop.key("ctrl+z")?;
    window.wait("undone")?;
    window.wait_for("propagated", |event| event["labels"] == LABELS - 1)?;
    desktop.key("ctrl+shift+z")?;
    window.wait_for("propagated", |event| event["labels"] == LABELS)?;

    // The network learns from it: two runs of five epochs.
    for _ in 0..2 {
        desktop.key("ctrl+Return")?;
        window.wait("training_started")?;
        for _ in 0..5 {
            window.wait("epoch")?;
        }
        let finished = window.wait("training_finished")?;
        assert_eq!(finished["status"], "completed", "{finished}");
    }
    assert_eq!(window.count("error"), 0, "{:?}", window.events());
    window.close(&desktop)?;
    let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
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
    let [classes, labels] = ["pred_classes", "labels"].map(|name| npz(&folder.join("test.npz"), name));
    let (classes, labels) = (classes?.1, labels?.1);
    let right = classes.iter().zip(&labels).filter(|(a, b)| a == b).count();
    let accuracy = right as f64 / labels.len() as f64;
    println!("after two runs: {accuracy:.4} of the test images");
    assert!(accuracy >= 0.9, "{accuracy}");
    Ok(())
}
