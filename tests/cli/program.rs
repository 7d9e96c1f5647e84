//! The program in a folder of its own, and what it is given there.

use std::path::Path;
use std::process::{Command, Output};

use ssvae_test_support::{Outcome, checkout, idx};

/// The program, which cargo names to integration tests alone.
pub const SSVAE: &str = env!("CARGO_BIN_EXE_ssvae");

/// Runs it on the CPU.
pub fn ssvae(folder: &Path, arguments: &[&str]) -> Result<Output, std::io::Error> {
    Command::new(SSVAE)
        .current_dir(folder)
        .args(arguments)
        .args(["--backend", "cpu"])
        .output()
}

/// MNIST.
pub fn data() -> String {
    checkout().join("data/mnist").display().to_string()
}

/// Exit code 2 and one line that names the culprit.
pub fn refuses(folder: &Path, arguments: &[&str], culprit: &str) -> Outcome {
    let of_a_model = [arguments, &["--backend", "cpu"]].concat();
    refuses_without_backend(folder, &of_a_model, culprit)
}

/// The same of a command that runs no model.
pub fn refuses_without_backend(folder: &Path, arguments: &[&str], culprit: &str) -> Outcome {
    let output = Command::new(SSVAE).current_dir(folder).args(arguments).output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("ssvae: ")).collect();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    assert!(
        lines.len() == 1 && lines[0].contains(culprit),
        "{arguments:?}: {text}"
    );
    Ok(())
}

/// A data folder that is read at once: 60 images.
pub fn small_data(folder: &Path) -> std::io::Result<()> {
    let pixels: Vec<u8> = (0..60 * 784_u32).map(|i| (i * 37 % 251) as u8).collect();
    std::fs::write(
        folder.join("train-images-idx3-ubyte"),
        idx(&[60, 28, 28], &pixels),
    )?;
    std::fs::write(folder.join("labels.csv"), "Serial,label\n0,5\n1,0\n")
}

/// What a run of one epoch needs besides the files that a test is about.
pub const QUICK: [&str; 4] = ["--targets", "labels", "--max-epochs", "1"];

/// Fails unless a file is a picture that can be decoded, and that shows something: not all pixels have one colour.
pub fn shows_something(path: &Path) -> Outcome {
    let picture = image::open(path)?.to_rgb8();
    let first = picture.get_pixel(0, 0);
    let empty = picture.pixels().all(|pixel| pixel == first);
    assert!(!empty, "{}: all {:?}", path.display(), picture.dimensions());
    Ok(())
}
