//! The loop in a real window, with a real mouse and keyboard.

use std::path::Path;

use serde_json::Value;
use ssvae_test_support::desktop::{Dashboard, Desktop, EPOCHS_FIELD, LEFT_PANEL, START, STOP, middle};
use ssvae_test_support::{Outcome, copy_of_the_data, pause};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

// Where the controls stand in a window of 1280×800.
const MODES: [([f64; 2], &str); 4] = [
    ([179.0, 78.0], "predicted"),
    ([67.0, 106.0], "true"),
    ([179.0, 106.0], "certainty"),
    ([67.0, 78.0], "user_labels"),
];
const GO_TO: [f64; 2] = [1138.0, 731.0];

/// Whether a pixel of this colour, or nearly, is among them.
fn has_color(pixels: &[[u8; 3]], color: [u8; 3]) -> bool {
    pixels
        .iter()
        .any(|pixel| pixel.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 12))
}

/// Share of the pixels that differ clearly.
fn changed(before: &[[u8; 3]], after: &[[u8; 3]]) -> f64 {
    let differ = |(a, b): &(&[u8; 3], &[u8; 3])| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24);
    before.iter().zip(after).filter(differ).count() as f64 / before.len().max(1) as f64
}

fn labels(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("data/mnist/labels.csv")).unwrap_or_default()
}

#[test]
fn the_loop_in_a_real_window() -> Outcome {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    copy_of_the_data(folder)?;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let mut window = Dashboard::open(&desktop, folder)?;
    let (view, ready) = window.opened()?;
    assert_eq!(ready["points"], 60_000);
    assert_eq!(ready["checkpoint"], "artifacts/checkpoints/ssvae.ckpt");
    desktop.focus()?;

    // Click a point, label it, see it recoloured; take the label off again.
    let point = middle(&view).ok_or("the view has no viewport")?;
    desktop.click(point)?;
    let selected = window.wait_for("selected", |event| event["serial"].is_number())?;
    let serial = selected["serial"].as_u64().ok_or("no serial")?;
    let orange = ssvae::cloud::Palette::default().class_color(7);
    desktop.move_to(LEFT_PANEL)?;
    pause(500);
    assert!(
        !has_color(&desktop.pixels(point, 6)?, orange),
        "the point has its colour already"
    );
    desktop.key("7")?;
    let labelled = window.wait("labelled")?;
    assert_eq!(
        (&labelled["serial"], &labelled["label"]),
        (&serial.into(), &7.into())
    );
    assert_eq!(labelled["saved"], true);
    assert_eq!(labels(folder), format!("Serial,label\n{serial},7\n"));
    pause(500);
    assert!(
        has_color(&desktop.pixels(point, 6)?, orange),
        "the point was not recoloured"
    );
    desktop.key("d")?;
    assert!(window.wait("labelled")?["label"].is_null());
    assert_eq!(labels(folder), "Serial,label\n");

    // What the data set itself says is hidden from whoever labels.
    desktop.key("ctrl+3")?;
    desktop.click(MODES[1].0)?;
    pause(500);
    assert_eq!(window.count("color_mode"), 0, "true labels are shown");
    desktop.key("t")?;
    for (button, mode) in MODES {
        desktop.click(button)?;
        assert_eq!(window.wait("color_mode")?["mode"], mode);
    }

    // A digit in a number field is no label.
    let before = window.count("labelled");
    desktop.click(EPOCHS_FIELD)?;
    desktop.key("9")?;
    desktop.key("Return")?;
    pause(700);
    assert_eq!(
        window.count("labelled"),
        before,
        "a digit in a field became a label"
    );
    assert_eq!(labels(folder), "Serial,label\n");

    // Scrolling over a panel leaves the view alone; over the cloud it zooms.
    let before = window.count("view");
    desktop.move_to(LEFT_PANEL)?;
    desktop.xdotool(&["click", "--repeat", "3", "4"])?;
    pause(700);
    assert_eq!(
        window.count("view"),
        before,
        "scrolling over a panel moved the view"
    );
    desktop.move_to(point)?;
    desktop.xdotool(&["click", "--repeat", "2", "4"])?;
    let zoomed = window.wait("view")?;
    assert!(zoomed["pixels_per_unit"].as_f64() > view["pixels_per_unit"].as_f64());

    // A lasso and a box choose points and move nothing; Escape lets go.
    pause(700);
    let before = window.count("view");
    for (key, kind) in [("Shift_L", "lasso"), ("Alt_L", "box")] {
        desktop.move_to([point[0] - 60.0, point[1] - 40.0])?;
        desktop.xdotool(&["keydown", key, "mousedown", "1"])?;
        for (x, y) in [(60.0, -40.0), (60.0, 50.0), (0.0, 60.0)] {
            desktop.move_to([point[0] + x, point[1] + y])?;
        }
        desktop.xdotool(&["mouseup", "1", "keyup", key])?;
        let selection = window.wait_for("selection", |event| event["kind"] == kind)?;
        assert!(selection["count"].as_u64() > Some(0), "{selection}");
    }
    desktop.key("Escape")?;
    let selection = window.wait("selection")?;
    assert_eq!(
        (&selection["kind"], &selection["count"]),
        (&Value::Null, &0.into())
    );
    assert_eq!(window.count("view"), before, "a stroke moved the view");
    desktop.click(point)?;

    // An index in a field selects its sample and brings it into view; F shows all again.
    desktop.xdotool(&["click", "--repeat", "16", "4"])?;
    pause(700);
    let before = window.count("view");
    desktop.click(GO_TO)?;
    desktop.xdotool(&["type", "12345"])?;
    desktop.key("Return")?;
    window.wait_for("selected", |event| event["serial"] == 12_345)?;
    pause(700);
    assert!(window.count("view") > before, "the sample stayed out of view");
    assert_eq!(labels(folder), "Serial,label\n");
    desktop.move_to(LEFT_PANEL)?;
    desktop.key("f")?;
    window.wait_for("view", |event| {
        event["pixels_per_unit"] == view["pixels_per_unit"]
    })?;

    // Train, label meanwhile, stop; the cloud takes its new shape.
    let cloud = |desktop: &Desktop| desktop.pixels(point, 250);
    let before = cloud(&desktop)?;
    desktop.click(START)?;
    assert_eq!(window.wait("training_started")?["epochs"], 9);
    desktop.key("3")?;
    let labelled = window.wait("labelled")?;
    assert_eq!(
        (&labelled["label"], &labelled["saved"]),
        (&3.into(), &true.into())
    );
    window.wait("epoch")?;
    desktop.click(STOP)?;
    let finished = window.wait("training_finished")?;
    assert_eq!(finished["status"], "stopped", "{finished}");
    let latent = window.wait_for("latent", |event| event["version"].as_u64() > Some(1))?;
    assert!(latent["version"].as_u64() >= Some(2));
    desktop.move_to(LEFT_PANEL)?;
    pause(1500);
    let moved = changed(&before, &cloud(&desktop)?);
    assert!(moved > 0.02, "only {moved} of the cloud's pixels changed");
    assert!(window.count("saved") >= 1, "no epoch was saved");
    let file = std::fs::read(folder.join("artifacts/checkpoints/ssvae.ckpt"))?;
    assert!(file != std::fs::read("tests/fixtures/dense.ckpt")?);
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)?;

    // All of it is there again after a restart.
    let mut window = Dashboard::open(&desktop, folder)?;
    assert_eq!(
        window.opened()?.1["checkpoint"],
        "artifacts/checkpoints/ssvae.last.ckpt",
        "what was shown last is shown again"
    );
    assert_eq!(labels(folder), "Serial,label\n12345,3\n");
    desktop.move_to(LEFT_PANEL)?;
    pause(1500);
    let class = ssvae::cloud::Palette::default().class_color(3);
    assert!(
        has_color(&cloud(&desktop)?, class),
        "the label of 12345 is not on the screen"
    );
    assert_eq!(window.count("error"), 0);
    window.close(&desktop)
}

#[test]
fn a_backend_that_panics_or_hangs_leaves_window_and_labels_alive() -> Outcome {
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    for fault in ["panic@750", "hang@750"] {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        copy_of_the_data(folder)?;
        let mut window = Dashboard::open_with(&desktop, folder, &["--inject-fault", fault])?;
        let (view, _) = window.opened()?;
        desktop.focus()?;
        desktop.click(middle(&view).ok_or("the view has no viewport")?)?;
        let serial = window.wait_for("selected", |event| event["serial"].is_number())?["serial"].clone();
        desktop.click(EPOCHS_FIELD)?;
        desktop.xdotool(&["type", "4"])?;
        desktop.key("Return")?;
        desktop.click(START)?;
        window.wait("training_started")?;
        window.wait("epoch")?;
        desktop.key("4")?;
        let [labelled, finished] =
            window.wait_each([("labelled", &|_| true), ("training_finished", &|_| true)])?;
        assert_eq!(labelled["saved"], true);
        assert_eq!(finished["status"], "failed", "{finished}");
        let message = finished["message"].as_str().unwrap_or_default();
        assert!(message.contains("last good weights are kept"), "{message}");
        desktop.key("5")?;
        assert_eq!(window.wait("labelled")?["saved"], true);
        assert_eq!(labels(folder), format!("Serial,label\n{serial},5\n"));
        // The banner with the failure has moved nothing but the cloud's upper edge.
        desktop.click(START)?;
        window.wait("training_started")?;
        let finished = window.wait("training_finished")?;
        assert_eq!(finished["status"], "completed", "{finished}");
        window.close(&desktop)?;
    }
    Ok(())
}
