//! A process with what it used.

use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub struct Ended {
    /// `None`: ended by a signal, ours after too long a time.
    pub code: Option<i32>,
    /// What it wrote to stderr, up to a megabyte.
    pub errors: Vec<u8>,
    /// Largest resident set, in bytes.
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
    let id = child.id() as libc::pid_t;
    let (status, memory) = loop {
        if let Some(ended) = reap(id)? {
            break ended;
        }
        if begun.elapsed() > patience {
            child.kill()?;
        }
        thread::sleep(Duration::from_millis(5));
    };
    Ok(Ended {
        code: status.code(),
        errors: errors.and_then(|errors| errors.join().ok()).unwrap_or_default(),
        memory,
        took: begun.elapsed(),
    })
}

/// The status of a child that has ended, and the largest memory it had.
#[expect(
    unsafe_code,
    reason = "the standard library and rustix wait without the resources that were used"
)]
fn reap(id: libc::pid_t) -> io::Result<Option<(ExitStatus, u64)>> {
    let mut status = 0;
    // SAFETY: plain numbers, for which zeros are valid.
    let mut used: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to variables that live longer than the call.
    match unsafe { libc::wait4(id, &raw mut status, libc::WNOHANG, &raw mut used) } {
        0 => Ok(None),
        found if found == id => {
            let memory = u64::try_from(used.ru_maxrss).unwrap_or_default() * 1024;
            Ok(Some((ExitStatus::from_raw(status), memory)))
        }
        _ => Err(io::Error::last_os_error()),
    }
}
