//! All ends of the program go one way: labels are written, the run is recorded, the model is kept.
#![cfg(target_os = "linux")]

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use ssvae_core::outputs::runs::read_runs;
use ssvae_core::training::message::RunStatus;
use ssvae_test_support::desktop::{Dashboard, Desktop, send_signal};
use ssvae_test_support::{Outcome, idx, label_rows, pause, until};

/// The program, which cargo names to integration tests alone.
const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

/// `n` grey images of 28×28, the later ones ever brighter, with classes, as IDX files in `data/mnist`.
fn write_images(folder: &Path, n: u32) -> Outcome {
    let data = folder.join("data/mnist");
    std::fs::create_dir_all(&data)?;
    let pixel = |i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8 / 2 + (i / 784 % 100) as u8;
    let images: Vec<u8> = (0..n * 784).map(pixel).collect();
    let classes: Vec<u8> = (0..n).map(|i| (i % 10) as u8).collect();
    std::fs::write(data.join("train-images-idx3-ubyte"), idx(&[n, 28, 28], &images))?;
    std::fs::write(data.join("train-labels-idx1-ubyte"), idx(&[n], &classes))?;
    Ok(())
}

/// The library that makes a disk slow, built by the compiler that links Rust's programs too.
fn slow_disk(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let library = folder.join("slow_disk.so");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg("tests/slow_disk.c")
        .status()?;
    assert!(built.success());
    Ok(library)
}

fn rows(folder: &Path) -> usize {
    label_rows(&folder.join("data/mnist/labels.csv")).len()
}

/// A window on a disk that takes so many milliseconds for each `fsync`.
fn open(desktop: &Desktop, folder: &Path, ms: u32) -> Result<Dashboard, Box<dyn Error>> {
    write_images(folder, 1000)?;
    let library = slow_disk(folder)?;
    let library = library.to_str().ok_or("not UTF-8")?;
    let slow = [("LD_PRELOAD", library), ("SLOW_DISK_MS", &ms.to_string())];
    let mut window = Dashboard::open_in(desktop, folder, &[], &slow)?;
    window.opened()?;
    desktop.focus()?;
    Ok(window)
}

/// Labels four samples, which the disk has not answered for when this returns.
fn label_four(desktop: &Desktop, window: &mut Dashboard) -> Outcome {
    for digit in ["1", "2", "3", "4"] {
        desktop.key("n")?;
        window.wait_for("selected", |event| event["serial"].is_number())?;
        desktop.key(digit)?;
    }
    window.wait_for("recoloured", |event| event["label"] == 4)?;
    Ok(())
}

#[test]
fn a_signal_writes_the_labels_that_are_under_way() -> Outcome {
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    for signal in ["TERM", "HUP", "INT"] {
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let mut window = open(&desktop, folder, 1000)?;
        label_four(&desktop, &mut window)?;
        assert!(rows(folder) < 4, "the disk was not slow");
        window.signal(signal)?;
        assert_eq!(window.ended()?, Some(0), "{signal}: {}", window.complaints());
        assert_eq!((rows(folder), window.complaints().as_str()), (4, ""), "{signal}");
    }
    Ok(())
}

#[test]
fn a_disk_that_hangs_does_not_hold_the_end_up_for_ever() -> Outcome {
    const HOUR: u32 = 3_600_000;
    let desktop = Desktop::start(SSVAE, "1280x800")?;
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let mut window = open(&desktop, folder, HOUR)?;
    label_four(&desktop, &mut window)?;
    window.signal("TERM")?;
    assert_eq!(window.ended()?, Some(1));
    let said = window.complaints();
    assert!(
        said.contains("4 labels not saved: data/mnist/labels.csv"),
        "{said}"
    );

    // Whoever asks twice does not wait.
    let mut window = open(&desktop, folder, HOUR)?;
    label_four(&desktop, &mut window)?;
    window.signal("TERM")?;
    pause(1500);
    window.signal("TERM")?;
    assert_eq!(window.ended()?, Some(128 + 15));
    Ok(())
}

#[test]
fn a_run_is_recorded_and_its_model_kept_whoever_ends_the_window() -> Outcome {
    type End = fn(&mut Desktop, &Dashboard) -> Outcome;
    let ends: [(&str, End); 4] = [
        ("SIGTERM", |_, window| window.signal("TERM")),
        ("another client destroys the window", |desktop, _| {
            desktop.xdotool(&["search", "--name", "SSVAE Dashboard", "windowclose"])
        }),
        ("another client closes the connection", |desktop, _| {
            desktop.xdotool(&["search", "--name", "SSVAE Dashboard", "windowkill"])
        }),
        ("the X server ends", |desktop, _| desktop.crash()),
    ];
    for (name, end) in ends {
        let mut desktop = Desktop::start(SSVAE, "1280x800")?;
        let folder = tempfile::tempdir()?;
        let folder = folder.path();
        let session = r#"{"preferences":{"hints_read":true,"images":false}}"#;
        let mut window = open(&desktop, folder, 300)?;
        desktop.key("ctrl+Return")?;
        window.wait("epoch")?;
        desktop.key("n")?;
        window.wait_for("selected", |event| event["serial"].is_number())?;
        desktop.key("5")?;
        window.wait_for("recoloured", |event| event["label"] == 5)?;
        end(&mut desktop, &window)?;
        assert_eq!(window.ended()?, Some(0), "{name}: {}", window.complaints());
        assert_eq!(rows(folder), 1, "{name}");
        let (records, problems) = read_runs(&folder.join("artifacts/runs"));
        assert!(problems.is_empty(), "{name}: {problems:?}");
        let outcome = records[0].outcome.as_ref().ok_or(name)?;
        assert_eq!(outcome.status, RunStatus::Stopped, "{name}");
        let weights = folder.join("artifacts/checkpoints/ssvae.ckpt");
        for file in [ssvae_core::checkpoint::last_path(&weights), weights] {
            let state = ssvae_core::checkpoint::load(&file)?;
            assert!(state.step > 0, "{name}: {}", file.display());
        }
        let kept = std::fs::read_to_string(folder.join("session.json"))?;
        assert_ne!(kept, session, "{name}: the session is not written");
    }
    Ok(())
}

/// Images and a label of each class.
fn write_data(folder: &Path, n: u32) -> Outcome {
    write_images(folder, n)?;
    let rows: String = (0..10).map(|i| format!("{i},{i}\n")).collect();
    std::fs::write(
        folder.join("data/mnist/labels.csv"),
        format!("Serial,label\n{rows}"),
    )?;
    Ok(())
}

/// `ssvae` in a folder with images, without a window.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(SSVAE);
    command
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

const TRAIN: [&str; 9] = [
    "train",
    "--backend",
    "cpu",
    "--targets",
    "labels",
    "--max-epochs",
    "100000",
    "--patience",
    "100000",
];

/// Reads its output up to the first epoch.
fn until_the_first_epoch(child: &mut Child) -> Result<BufReader<ChildStdout>, Box<dyn Error>> {
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
    let mut line = String::new();
    while !line.trim_start().starts_with("1 |") {
        line.clear();
        assert!(output.read_line(&mut line)? > 0, "it ended too early");
    }
    Ok(output)
}

fn run_is_whole(folder: &Path, status: RunStatus) -> Outcome {
    let (records, _) = read_runs(&folder.join("artifacts/runs"));
    assert_eq!(
        records[0].outcome.as_ref().map(|outcome| outcome.status),
        Some(status)
    );
    let checkpoints = folder.join("artifacts/checkpoints");
    let history = std::fs::read_to_string(checkpoints.join("ssvae_history.csv"))?;
    assert!(history.lines().count() > 1);
    assert!(checkpoints.join("ssvae.ckpt").exists() && checkpoints.join("ssvae_loss.png").exists());
    Ok(())
}

#[test]
fn a_signal_stops_training_with_all_that_was_learnt() -> Outcome {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let folder = tempfile::tempdir()?;
        write_data(folder.path(), 1000)?;
        let mut child = command(folder.path(), &TRAIN).spawn()?;
        let mut output = until_the_first_epoch(&mut child)?;
        send_signal(child.id(), signal)?;
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut output, &mut rest)?;
        let ended = child.wait_with_output()?;
        let errors = String::from_utf8(ended.stderr)?;
        assert_eq!(ended.status.code(), Some(code), "{signal}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{errors}");
        assert!(
            errors.starts_with("ssvae: interrupted; stopped in epoch "),
            "{errors}"
        );
        run_is_whole(folder.path(), RunStatus::Stopped)?;
    }
    Ok(())
}

#[test]
fn a_signal_that_was_to_be_ignored_is() -> Outcome {
    let folder = tempfile::tempdir()?;
    write_data(folder.path(), 1000)?;
    let mut child = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", "trap '' HUP; exec \"$0\" \"$@\"", SSVAE])
        .args(TRAIN)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut output = until_the_first_epoch(&mut child)?;
    send_signal(child.id(), "HUP")?;
    let mut line = String::new();
    for _ in 0..3 {
        assert!(output.read_line(&mut line)? > 0, "it ended");
    }
    send_signal(child.id(), "INT")?;
    std::io::Read::read_to_string(&mut output, &mut line)?;
    assert_eq!(child.wait()?.code(), Some(130));
    Ok(())
}

#[test]
fn a_run_outlives_whoever_reads_its_output() -> Outcome {
    let folder = tempfile::tempdir()?;
    write_data(folder.path(), 1000)?;
    let arguments = [
        "train",
        "--backend",
        "cpu",
        "--targets",
        "labels",
        "--max-epochs",
        "3",
    ];
    let mut child = command(folder.path(), &arguments).spawn()?;
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().ok_or("no output")?);
    output.read_line(&mut line)?;
    drop(output);
    let ended = child.wait_with_output()?;
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
    run_is_whole(folder.path(), RunStatus::Completed)?;

    // A disk that is full is another matter, and said.
    for arguments in [&arguments[..], &["propagate", "--output", "propagated.csv"]] {
        let folder = tempfile::tempdir()?;
        write_data(folder.path(), 1000)?;
        let full = File::options().write(true).open("/dev/full")?;
        let ended = command(folder.path(), arguments).stdout(full).output()?;
        let errors = String::from_utf8(ended.stderr)?;
        assert_eq!(ended.status.code(), Some(1), "{errors}");
        assert!(
            errors.lines().count() == 1 && errors.starts_with("ssvae: the standard output is not complete"),
            "{errors}"
        );
        // Nor is there anybody to tell of an error.
        let full = File::options().write(true).open("/dev/full")?;
        let ended = command(folder.path(), &["train", "--data-dir", "nowhere"])
            .stderr(full)
            .output()?;
        assert_eq!(ended.status.code(), Some(2));
    }
    Ok(())
}

#[test]
fn what_is_interrupted_before_its_end_leaves_nothing_half_written() -> Outcome {
    let folder = tempfile::tempdir()?;
    write_data(folder.path(), 8000)?;
    let output = folder.path().join("out");
    std::fs::create_dir(&output)?;
    let arguments = [
        "train",
        "--backend",
        "cpu",
        "--targets",
        "labels",
        "--max-epochs",
        "1",
    ];
    assert!(command(folder.path(), &arguments).output()?.status.success());
    let arguments = ["infer", "--backend", "cpu", "--output", "out/latent.npz"];
    let child = command(folder.path(), &arguments).spawn()?;
    let begun = || std::fs::read_dir(&output).is_ok_and(|mut files| files.next().is_some());
    until(begun, "nothing is written")?;
    send_signal(child.id(), "INT")?;
    let ended = child.wait_with_output()?;
    let errors = String::from_utf8(ended.stderr)?;
    assert_eq!(
        (ended.status.code(), errors.as_str()),
        (Some(130), "ssvae: interrupted; nothing was written\n")
    );
    assert_eq!(std::fs::read_dir(&output)?.count(), 0);
    Ok(())
}
