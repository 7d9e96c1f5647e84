use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ssvae::cli::{self, Cli};

fn main() -> ExitCode {
    let start = Instant::now();
    give_memory_back();
    match cli::run(Cli::parse(), start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Every error of the domain tells its own source already.
            eprintln!("ssvae: {error}");
            ExitCode::from(2)
        }
    }
}

/// Keeps glibc from raising, with each large piece that is freed, the size from which on pieces go back to the system: a
/// million points would leave 15 MB behind that nobody needs any more.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "mallopt takes two numbers, before any thread is there")]
fn give_memory_back() {
    const LARGE: libc::c_int = 1 << 20;
    // It only fails for numbers out of range.
    let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_memory_back() {}
