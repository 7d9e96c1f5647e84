//! What cannot be used is told in one line.

use std::process::Command;

use ssvae_test_support::Outcome;

use crate::program::{SSVAE, data, refuses, ssvae};

#[test]
fn bad_input_is_one_line_and_overwrites_nothing() -> Outcome {
    let folder = tempfile::tempdir()?;
    let data = data();
    let path = folder.path();
    std::fs::write(path.join("broken.ckpt"), "not a checkpoint")?;
    std::fs::write(path.join("broken.csv"), "no,header\n1,2\n")?;
    std::fs::write(path.join("labels.csv"), "Serial,label\n0,5\n")?;
    std::fs::create_dir(path.join("empty"))?;
    refuses(path, &["train", "--data-dir", "nowhere"], "nowhere")?;
    refuses(path, &["infer", "--data-dir", "empty"], "empty")?;
    refuses(
        path,
        &["train", "--data-dir", &data, "--labels", "none.csv"],
        "none.csv",
    )?;
    refuses(
        path,
        &["train", "--data-dir", &data, "--labels", "broken.csv"],
        "broken.csv",
    )?;
    refuses(
        path,
        &["infer", "--data-dir", &data, "--weights", "none.ckpt"],
        "none.ckpt",
    )?;
    refuses(
        path,
        &["infer", "--data-dir", &data, "--weights", "broken.ckpt"],
        "broken.ckpt",
    )?;
    // A folder below a file cannot be written, by nobody.
    let below = [
        "train",
        "--data-dir",
        &data,
        "--labels",
        "labels.csv",
        "--weights",
        "labels.csv/x/ssvae.ckpt",
    ];
    refuses(path, &below, "labels.csv/x/ssvae.ckpt")?;
    assert_eq!(
        std::fs::read_to_string(path.join("broken.ckpt"))?,
        "not a checkpoint"
    );
    assert_eq!(
        std::fs::read_to_string(path.join("broken.csv"))?,
        "no,header\n1,2\n"
    );
    Ok(())
}

#[test]
fn wrong_options_end_with_code_2() -> Outcome {
    let folder = tempfile::tempdir()?;
    for arguments in [
        ["train", "--latent-dim", "0"],
        ["train", "--dropout-rate", "1"],
        ["--after", "now", "-x"],
    ] {
        assert_eq!(
            ssvae(folder.path(), &arguments)?.status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
    Ok(())
}

#[test]
fn a_negative_number_is_told_what_is_expected() -> Outcome {
    for (arguments, expected) in [
        (["train", "--learning-rate", "-1"], "'-1' for '--learning-rate"),
        (["train", "--max-epochs", "-1"], "'-1' for '--max-epochs"),
        (["train", "--seed", "-1"], "'-1' for '--seed"),
        (["infer", "--seed", "-1"], "'-1' for '--seed"),
        (["simulate", "--budget", "-5"], "'-5' for '--budget"),
        (["--seed", "-1", "--events=e"], "'-1' for '--seed"),
    ] {
        let output = Command::new(SSVAE).args(arguments).output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
    Ok(())
}

#[test]
fn a_picture_that_is_too_large_is_one_line() -> Outcome {
    let folder = tempfile::tempdir()?;
    let arguments = [
        "--data-dir",
        &data(),
        "--screenshot",
        "a.png",
        "--after",
        "ready",
        "--size",
        "16384x16384",
    ];
    refuses(folder.path(), &arguments, "--size 16384x16384")?;
    assert!(!folder.path().join("a.png").exists());
    Ok(())
}

#[test]
fn a_gpu_that_is_not_there_is_one_line() -> Outcome {
    let output = Command::new(SSVAE)
        .args(["--backend", "gpu"])
        // No driver is found there, whatever this machine has.
        .env("VK_DRIVER_FILES", "/nowhere")
        .env("VK_ICD_FILENAMES", "/nowhere")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text.lines()
            .last()
            .is_some_and(|line| line.starts_with("ssvae: --backend gpu: no GPU")),
        "{text}"
    );
    Ok(())
}

#[cfg(target_os = "linux")]
#[test]
fn a_display_that_cannot_be_opened_is_one_line() -> Outcome {
    let output = Command::new(SSVAE)
        .args(["--backend", "cpu"])
        .env("DISPLAY", ":98765")
        .env_remove("WAYLAND_DISPLAY")
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("ssvae: the display \":98765\""), "{text}");
    assert!(!text.contains("panicked"), "{text}");
    Ok(())
}
