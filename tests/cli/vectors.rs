//! Vectors from another network, beside the images and alone.

use std::path::Path;
use std::process::{Command, Output};

use ssvae_test_support::{Outcome, idx};

use crate::program::{QUICK, SSVAE, refuses, refuses_without_backend, small_data};

const SAMPLES: u32 = 60;

/// Numbers of a vector: as many as are compared by the cosine.
const DIM: u32 = 80;

fn class(serial: u32) -> u32 {
    serial * 7 % 3
}

/// An array of float32 `[n, DIM]` as `numpy.save` writes it: a direction for each class, with noise and of any length.
fn vectors(samples: u32) -> Vec<u8> {
    let head = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({samples}, {DIM}), }}\n");
    let values = (0..samples * DIM).flat_map(|at| {
        let (serial, axis) = (at / DIM, at % DIM);
        let noise = (at.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0;
        let direction = if axis % 3 == class(serial) { 4.0 } else { 0.0 };
        ((direction + noise) * (1 + serial % 5) as f32).to_le_bytes()
    });
    let length = (head.len() as u16).to_le_bytes();
    let mut file = [b"\x93NUMPY\x01\0", &length[..], head.as_bytes()].concat();
    file.extend(values);
    file
}

/// Images that tell nothing, with vectors that tell the class.
fn folder(at: &Path) -> std::io::Result<()> {
    small_data(at)?;
    let truth: Vec<u8> = (0..SAMPLES).map(|serial| class(serial) as u8).collect();
    std::fs::write(at.join("train-labels-idx1-ubyte"), idx(&[SAMPLES], &truth))?;
    std::fs::write(at.join("features.npy"), vectors(SAMPLES))?;
    std::fs::write(at.join("labels.csv"), "Serial,label\n0,0\n1,1\n2,2\n")
}

fn run(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    let output = Command::new(SSVAE).current_dir(folder).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {text}");
    Ok(output)
}

/// How many of the samples a table of propagated labels gives their class.
fn right(table: &Path) -> Outcome<usize> {
    let text = std::fs::read_to_string(table)?;
    let rows = text.lines().skip(1).zip(0..);
    Ok(rows
        .filter(|(row, serial)| row.starts_with(&format!("{serial},{},", class(*serial))))
        .count())
}

#[test]
fn labels_spread_by_a_file_beside_the_images() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (path, data) = (folder.path(), folder.path().join("data"));
    std::fs::create_dir(&data)?;
    self::folder(&data)?;
    let of = |command, more: &[&str]| {
        let known = [command, "--data-dir", "data", "--neighbours", "features.npy"];
        run(path, &[&known, more].concat())
    };
    of("propagate", &["--output", "all.csv"])?;
    assert_eq!(right(&path.join("all.csv"))?, SAMPLES as usize);
    run(
        path,
        &["propagate", "--data-dir", "data", "--output", "pixels.csv"],
    )?;
    assert!(
        right(&path.join("pixels.csv"))? < SAMPLES as usize,
        "the images tell nothing"
    );
    of(
        "simulate",
        &[
            "--strategies",
            "explore-refine",
            "--seeds",
            "1",
            "--budget",
            "9",
            "--output",
            "table.csv",
        ],
    )?;
    let table = std::fs::read_to_string(path.join("table.csv"))?;
    let last: Vec<&str> = table.lines().last().unwrap_or_default().split(',').collect();
    assert_eq!((last[2], last[3].parse()?), ("9", 1.0_f64), "{table}");
    let pixels = ["simulate", "--data-dir", "data", "--output", "table.csv"];
    refuses_without_backend(path, &pixels, "table.csv: holds measurements with other options")?;
    let weights = ["--weights", "w.ckpt", "--runs", "runs", "--max-epochs", "1"];
    of("train", &weights)?;
    // One of many labels is wrong.
    let rows = (0..30).map(|serial| format!("{serial},{}\n", (class(serial) + u32::from(serial == 11)) % 3));
    std::fs::write(
        data.join("labels.csv"),
        format!("Serial,label\n{}", rows.collect::<String>()),
    )?;
    of("doubts", &["--output", "doubts.csv"])?;
    let doubts = std::fs::read_to_string(path.join("doubts.csv"))?;
    assert!(
        doubts.lines().nth(1).is_some_and(|row| row.starts_with("11,")),
        "{doubts}"
    );
    Ok(())
}

#[test]
fn vectors_that_do_not_fit_are_refused_in_a_line() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    self::folder(path)?;
    std::fs::write(path.join("short.npy"), vectors(SAMPLES - 1))?;
    std::fs::write(path.join("words.csv"), "a,b\n1,cat\n")?;
    for (file, culprit) in [
        (
            "short.npy",
            "short.npy: holds 59 vectors for 60 samples (float32 [59, 80]); save one for each",
        ),
        (
            "words.csv",
            "words.csv: line 2: column 2 is \"cat\", not a finite number; save",
        ),
        ("none.npy", "none.npy: cannot be read"),
    ] {
        let arguments = [
            "propagate",
            "--data-dir",
            ".",
            "--output",
            "o.csv",
            "--neighbours",
            file,
        ];
        refuses_without_backend(path, &arguments, culprit)?;
        let train = ["train", "--data-dir", ".", "--neighbours", file];
        refuses(path, &train, culprit)?;
    }
    let odd = ["train", "--data-dir", ".", "--neighbours", "pixel"];
    let output = Command::new(SSVAE)
        .current_dir(path)
        .args(odd)
        .args(QUICK)
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code() == Some(2) && text.contains("features.npy"),
        "{text}"
    );
    Ok(())
}

#[test]
fn vectors_alone_are_propagated_and_what_needs_images_says_so() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path();
    self::folder(path)?;
    std::fs::remove_file(path.join("train-images-idx3-ubyte"))?;
    let output = run(path, &["propagate", "--data-dir", ".", "--output", "all.csv"])?;
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.starts_with("3 labels, propagated to 60 of 60 vectors"),
        "{text}"
    );
    assert_eq!(right(&path.join("all.csv"))?, SAMPLES as usize);
    let simulate = [
        "simulate",
        "--data-dir",
        ".",
        "--seeds",
        "1",
        "--budget",
        "4",
        "--output",
        "table.csv",
    ];
    run(path, &simulate)?;
    let table = std::fs::read_to_string(path.join("table.csv"))?;
    assert!(
        table.contains("explore-refine,0,4,") && !table.contains("bald"),
        "{table}"
    );
    for (arguments, culprit) in [
        (
            vec!["propagate", "--output", "o.csv", "--neighbours", "model"],
            "features.npy: holds vectors, and --neighbours model needs images; put the images beside it",
        ),
        (
            vec!["simulate", "--output", "o.csv", "--strategies", "bald"],
            "features.npy: holds vectors, and --strategies bald needs images",
        ),
        (
            vec!["simulate", "--output", "o.csv", "--train-at", "3"],
            "features.npy: holds vectors, and a test needs images",
        ),
    ] {
        let arguments = [arguments.as_slice(), &["--data-dir", "."]].concat();
        refuses_without_backend(path, &arguments, culprit)?;
    }
    for (command, culprit) in [
        ("train", "features.npy: holds vectors, and training needs images"),
        ("infer", "features.npy: holds vectors, and inference needs images"),
    ] {
        refuses(path, &[command, "--data-dir", "."], culprit)?;
    }
    Ok(())
}
