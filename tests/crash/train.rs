//! `ssvae train`, killed.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Goal;
use super::files::{broken_files, temporaries, write_images};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Kills it again and again, and lets it end at last. Returns the number of kills.
pub fn kill_for(goal: Goal) -> Result<usize> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_images(&folder.join("data"), 1_000)?;
    let labels = folder.join("data/labels.csv");
    let rows: String = (0..300).map(|i| format!("{i},{}\n", i % 10)).collect();
    let text = format!("Serial,label\n{rows}");
    std::fs::write(&labels, &text)?;
    let train = |epochs: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ssvae"));
        command
            .current_dir(folder)
            .args([
                "train",
                "--data-dir",
                "data",
                "--backend",
                "cpu",
                "--max-epochs",
                epochs,
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    };
    let mut dice = ChaCha8Rng::seed_from_u64(3);
    let begun = Instant::now();
    let mut kills = 0;
    while !goal.reached(begun, kills) {
        let mut process = train("30").stderr(Stdio::null()).spawn()?;
        std::thread::sleep(Duration::from_millis(dice.random_range(20..1_200)));
        if let Some(status) = process.try_wait()?
            && !status.success()
        {
            return Err(format!("after kill {kills}: training ended with {status}").into());
        }
        process.kill()?;
        process.wait()?;
        kills += 1;
        let broken = broken_files(folder)?;
        if !broken.is_empty() {
            return Err(format!("after kill {kills}: {broken:?}").into());
        }
    }
    let output = train("1").output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    if std::fs::read_to_string(labels)? != text {
        return Err("labels.csv is another".into());
    }
    let left = temporaries(folder)?;
    if !left.is_empty() {
        return Err(format!("{} files are left behind: {:?}", left.len(), left.first()).into());
    }
    Ok(kills)
}
