//! Calls that fail, each of them in turn: the file is then the old or the new one, and what is not saved is told.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::actions::Claims;
use super::files::{broken_files, write_images};
use super::labeller;
use super::others::Other;
use super::shim::{Fault, Shim};
use super::verdict::{Verdict, first_text};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const EIO: i32 = 5;
const ENOSPC: i32 = 28;
const CHANGES: usize = 5;
/// More calls than any run makes.
const MOST: usize = 2_000;

fn faults(every: usize) -> impl Iterator<Item = (i32, bool, usize)> {
    let kinds = [(EIO, false), (ENOSPC, false), (EIO, true), (ENOSPC, true)];
    // Each kind begins at another call, so that every second or third call of the one is another's than the other's.
    let kinds = kinds.into_iter().enumerate();
    kinds.map(move |(i, (error, stays))| (error, stays, 1 + i % every))
}

/// Labels with the real store, one call after the other failing. Returns what was counted.
pub fn fail_each_call(shim: &Shim, every: usize) -> Result<String> {
    let (mut runs, mut refused) = (0, 0);
    let mut wrong = Vec::new();
    for (error, stays, first) in faults(every) {
        for at in (first..MOST).step_by(every) {
            let fault = Fault { at, stays, error };
            let Some((call, claims, faulty)) = fail_labels(shim, fault)? else {
                break;
            };
            runs += 1;
            refused += claims.failed;
            wrong.extend(
                faulty
                    .into_iter()
                    .map(|what| format!("{fault:?}, {call}: {what}")),
            );
        }
    }
    if !wrong.is_empty() {
        return Err(format!("{} of {runs} runs:\n{}", wrong.len(), wrong.join("\n")).into());
    }
    if refused < 4 {
        return Err(format!("{runs} calls failed, and {refused} changes were refused").into());
    }
    Ok(format!(
        "labels: {runs} runs in which a call failed (EIO, ENOSPC; once, or from then on), {refused} changes refused \
         and told, old or new state after each"
    ))
}

/// The call that failed, what was told, and what is wrong; `None` where there are not so many calls.
fn fail_labels(shim: &Shim, fault: Fault) -> Result<Option<(String, Claims, Vec<String>)>> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let data = folder.join("data");
    std::fs::create_dir(&data)?;
    std::fs::write(labeller::labels(folder), first_text())?;
    let log = folder.join("calls");
    let status = labeller::spawn_some(folder, &shim.fault(&data, &log, fault))?.wait()?;
    let call = std::fs::read_to_string(&log)?;
    if call.is_empty() {
        return Ok(None);
    }
    let claims = Claims::read(&labeller::record(folder))?;
    let mut wrong = Vec::new();
    if !status.success() {
        wrong.push(format!("the process ended with {status}"));
    }
    if !fault.stays && claims.confirmed < CHANGES {
        wrong.push(format!(
            "{} of {CHANGES} changes saved after a second try",
            claims.confirmed
        ));
    }
    wrong.extend(claims.messages.iter().filter_map(|message| {
        let named = message.contains("labels");
        (!named).then(|| format!("the message names no file: {message}"))
    }));
    labeller::open_and_close(folder, Duration::ZERO)?;
    let verdict = Verdict::of(folder, 0, &claims, &Other::new(&[], &labeller::labels(folder), 0))?;
    if !verdict.faultless() {
        wrong.push(verdict.details());
    }
    Ok(Some((call.trim().into(), claims, wrong)))
}

/// Trains, one call after the other failing.
pub fn fail_training(shim: &Shim, every: usize) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    write_images(&folder.join("data"), 300)?;
    let rows: String = (0..100).map(|i| format!("{i},{}\n", i % 10)).collect();
    let labels = format!("Serial,label\n{rows}");
    std::fs::write(folder.join("data/labels.csv"), &labels)?;
    let model = folder.join("artifacts");
    let train = |environment: &[(&str, String)]| -> Result<std::process::Output> {
        let path = |name: &str| model.join(name).display().to_string();
        let output = Command::new(env!("CARGO_BIN_EXE_ssvae"))
            .current_dir(folder)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .args([
                "train",
                "--data-dir",
                "data",
                "--backend",
                "cpu",
                "--max-epochs",
                "1",
            ])
            .args(["--weights", &path("model.ckpt"), "--runs", &path("runs")])
            .stdout(Stdio::null())
            .output()?;
        Ok(output)
    };
    let (mut runs, mut told) = (0, 0);
    let mut wrong = Vec::new();
    for (error, stays, first) in faults(every) {
        for at in (first..MOST).step_by(every) {
            let fault = Fault { at, stays, error };
            let log = folder.join("calls");
            let _ = std::fs::remove_file(&log);
            let output = train(&shim.fault(&model, &log, fault))?;
            let call = std::fs::read_to_string(&log)?;
            if call.is_empty() {
                break;
            }
            runs += 1;
            let text = String::from_utf8_lossy(&output.stderr);
            told += usize::from(!output.status.success());
            let mut faulty = broken_files(folder)?;
            match output.status.code() {
                Some(0) => {}
                Some(2) if text.lines().filter(|line| line.starts_with("ssvae: ")).count() == 1 => {}
                code => faulty.push(format!("exit code {code:?}: {text}")),
            }
            wrong.extend(
                faulty
                    .into_iter()
                    .map(|what| format!("{fault:?}, {}: {what}", call.trim())),
            );
        }
    }
    if !train(&[])?.status.success() {
        wrong.push("training does not go on".into());
    }
    if !same(&folder.join("data/labels.csv"), &labels)? {
        wrong.push("labels.csv is another".into());
    }
    if !wrong.is_empty() {
        return Err(format!("{} of {runs} runs:\n{}", wrong.len(), wrong.join("\n")).into());
    }
    Ok(format!(
        "training: {runs} runs in which a call failed, {told} ended with a message, every file whole"
    ))
}

fn same(path: &Path, text: &str) -> Result<bool> {
    Ok(std::fs::read_to_string(path)? == text)
}
