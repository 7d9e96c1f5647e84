//! A library that is loaded into a process before libc's, built here: another clock, calls that fail.

use std::path::{Path, PathBuf};
use std::process::Command;

use ssvae_test_support::checkout;

pub struct Shim {
    _folder: tempfile::TempDir,
    library: PathBuf,
}

impl Shim {
    pub fn build() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let library = folder.path().join("libshim.so");
        let compiler = PathBuf::from(env!("CARGO")).with_file_name("rustc");
        let output = Command::new(compiler)
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "cdylib",
                "-O",
                "-C",
                "panic=abort",
                "-o",
            ])
            .arg(&library)
            .arg(checkout().join("tests/crash/preloaded.rs"))
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Ok(Self {
            _folder: folder,
            library,
        })
    }

    /// The environment of a process whose wall clock is so many seconds ahead.
    pub fn clock(&self, seconds: i64) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", self.library.display().to_string()),
            ("SHIM_CLOCK", seconds.to_string()),
        ]
    }

    /// The environment of a process whose `at`-th call (from 1) below a folder fails, or all from that one on.
    pub fn fault(&self, below: &Path, log: &Path, fault: Fault) -> Vec<(&'static str, String)> {
        vec![
            ("LD_PRELOAD", self.library.display().to_string()),
            ("SHIM_BELOW", below.display().to_string()),
            ("SHIM_LOG", log.display().to_string()),
            ("SHIM_AT", fault.at.to_string()),
            ("SHIM_ON", u8::from(fault.stays).to_string()),
            ("SHIM_ERROR", fault.error.to_string()),
        ]
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// From 1.
    pub at: usize,
    pub stays: bool,
    /// As `errno` has it.
    pub error: i32,
}
