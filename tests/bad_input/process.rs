//! A process with what it used.

use std::fs;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub struct Ended {
    /// `None`: ended by a signal, ours after too long a time.
    pub code: Option<i32>,
    /// What it wrote to stderr, up to a megabyte.
    pub errors: Vec<u8>,
    /// Largest resident set that was seen, in bytes. The system keeps it, so that only what grows in the last moment is missed;
    /// what `wait4` tells includes this process's own.
    pub memory: u64,
    pub took: Duration,
}

/// Runs a command to its end, or kills it after `patience`.
pub fn run(command: &mut Command, patience: Duration) -> io::Result<Ended> {
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let errors = child.stderr.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = pipe.by_ref().take(1 << 20).read_to_end(&mut bytes);
            // The rest is let through, lest it waits for a reader.
            let _ = io::copy(&mut pipe, &mut io::sink());
            bytes
        })
    });
    let mut memory = 0;
    let status = loop {
        memory = memory.max(largest(child.id()).unwrap_or_default());
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > patience {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(2));
    };
    Ok(Ended {
        code: status.code(),
        errors: errors.and_then(|errors| errors.join().ok()).unwrap_or_default(),
        memory,
        took: begun.elapsed(),
    })
}

/// The largest resident set of a process so far, in bytes.
fn largest(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}
