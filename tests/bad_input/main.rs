//! Bad input, file by file: each is told in one line that names it, with the exit code that is promised, in bounded time and
//! memory, and nothing of the user's is touched.
//!
//! The program itself runs where one of its commands reads the file; what the window alone reads is read by its reader in a
//! process of its own ([`reader`]).
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod cases;
mod make;
mod process;
mod reader;
#[cfg(target_os = "linux")]
mod window;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cases::{By, Case, cases};
use process::{Ended, run};
use ssvae_test_support::Outcome;

/// No case takes a second; a machine may be very busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// Memory of the program with nothing much to read, in bytes.
const USUAL: u64 = 160 << 20;

/// Cases that are run at the same time.
const AT_ONCE: usize = 4;

#[test]
fn each_is_told_in_one_line_and_nothing_is_touched() -> Outcome {
    let cases = cases();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = check(case).unwrap_or_else(|error| vec![error.to_string()]);
                    if !outcome.is_empty() {
                        let text = format!("{}: {}", case.name, outcome.join("; "));
                        failures.lock().unwrap().push(text);
                    }
                }
            });
        }
    });
    let failures = failures.into_inner()?;
    assert!(
        failures.is_empty(),
        "{} of {} cases:\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n")
    );
    Ok(())
}

/// What is wrong with how a case ended.
fn check(case: &Case) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    make::good(folder.path())?;
    (case.make)(folder.path())?;
    let before = state(folder.path())?;
    let mut command = match case.by {
        By::Program(arguments) => {
            let mut command = Command::new(env!("CARGO_BIN_EXE_ssvae"));
            command.args(arguments);
            command
        }
        By::Reader(of) => reader::command(of)?,
    };
    let ended = run(command.current_dir(folder.path()), PATIENCE)?;
    let mut wrong = judge(case, &ended);
    let mut after = state(folder.path())?;
    if ended.code == Some(0) {
        after.remove(Path::new("o.csv"));
    }
    if after != before {
        let names = |state: &State| {
            state
                .keys()
                .map(|path| path.display().to_string())
                .collect::<Vec<_>>()
        };
        wrong.push(format!(
            "files changed: {:?} → {:?}",
            names(&before),
            names(&after)
        ));
    }
    let size: u64 = before.values().map(|file| file.length).sum();
    let most = USUAL + case.times * size;
    if ended.memory > most {
        wrong.push(format!("{} MiB for {size} bytes", ended.memory >> 20));
    }
    Ok(wrong)
}

fn judge(case: &Case, ended: &Ended) -> Vec<String> {
    let mut wrong = Vec::new();
    if ended.code != Some(case.code) {
        wrong.push(format!("ended with {:?} after {:?}", ended.code, ended.took));
    }
    let text = String::from_utf8_lossy(&ended.errors);
    let lines: Vec<&str> = text.split_terminator('\n').collect();
    let told = match (case.says, case.code) {
        ("", _) => lines.is_empty(),
        (_, 2) => lines.len() == 1 && text.starts_with("ssvae: "),
        _ => lines.len() <= 5 && lines.iter().all(|line| line.starts_with("warning: ")),
    };
    let shown: String = text.chars().take(300).collect();
    if !told || case.says.split('|').any(|part| !text.contains(part)) {
        wrong.push(format!(
            "expected {:?}, found {} lines: {shown:?}",
            case.says,
            lines.len()
        ));
    }
    if text
        .chars()
        .any(|character| character.is_control() && character != '\n')
    {
        wrong.push(format!("controls in {shown:?}"));
    }
    if lines.iter().any(|line| line.chars().count() > 2100) {
        wrong.push(format!("a line of {} bytes", text.len()));
    }
    wrong
}

type State = BTreeMap<PathBuf, File>;

#[derive(Debug, PartialEq)]
struct File {
    kind: fs::FileType,
    length: u64,
    written: std::time::SystemTime,
    /// Of files that are not large.
    bytes: Vec<u8>,
}

/// All that lies below a folder, links as links.
fn state(root: &Path) -> Result<State, Box<dyn std::error::Error>> {
    let mut state = State::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let metadata = fs::symlink_metadata(&path)?;
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            let small = metadata.is_file() && metadata.len() < 1 << 16;
            let file = File {
                kind: metadata.file_type(),
                length: if metadata.is_file() { metadata.len() } else { 0 },
                written: if metadata.is_dir() {
                    std::time::UNIX_EPOCH
                } else {
                    metadata.modified()?
                },
                bytes: if small { fs::read(&path)? } else { Vec::new() },
            };
            state.insert(path.strip_prefix(root)?.to_owned(), file);
        }
    }
    Ok(state)
}
