//! The Python system's libraries in a virtual environment that all checkouts of a user share.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use ssvae_test_support::{Outcome, checkout};

/// Runs one of the scripts beside this file.
pub fn run(script: &str, arguments: &[&OsStr]) -> Outcome {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let python = PYTHON.get_or_init(|| environment().map_err(|error| error.to_string()));
    let python = python.as_ref().map_err(Clone::clone)?;
    let output = Command::new(python)
        .arg(checkout().join("tests/interop").join(script))
        .args(arguments)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("JAX_PLATFORMS", "cpu")
        .output()?;
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    println!("{script}: {}", text[0].trim());
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{script}: {}\n{}", text[0], text[1]).into())
    }
}

/// The environment's interpreter, installed where it is missing or of other versions.
fn environment() -> Outcome<PathBuf> {
    let cache = match std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(std::env::var_os("HOME").ok_or("neither XDG_CACHE_HOME nor HOME is set")?)
            .join(".cache"),
    };
    let cache = cache.join("ssvae-dashboard");
    let place = cache.join("flax-venv");
    let requirements = checkout().join("tests/interop/requirements.txt");
    if is_current(&place, &requirements) {
        return Ok(interpreter(&place));
    }
    fs::create_dir_all(&cache)?;
    let building = tempfile::Builder::new().prefix("flax-venv.").tempdir_in(&cache)?;
    let made = Command::new("python3")
        .args(["-m", "venv"])
        .arg(building.path())
        .output()
        .map_err(|error| format!("python3: {error}; scripts/test.sh installs it"))?;
    if !made.status.success() {
        let text = String::from_utf8_lossy(&made.stdout);
        return Err(format!("python3 -m venv: {text}; scripts/test.sh installs python3-venv").into());
    }
    let installed = Command::new(interpreter(building.path()))
        .args([
            "-m",
            "pip",
            "install",
            "--retries",
            "2",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(&requirements)
        .output()?;
    if !installed.status.success() {
        let text = String::from_utf8_lossy(&installed.stdout) + String::from_utf8_lossy(&installed.stderr);
        // pip had no answer at all, rather than one that it did not like.
        if text.contains("connection broken by") && text.contains("(from versions: none)") {
            return Err(format!(
                "PyPI cannot be reached, and {} is not installed in {}: run these tests once with a network, or leave \
                 them out with `cargo test` and the names of the others",
                requirements.display(),
                place.display()
            )
            .into());
        }
        return Err(format!("pip install: {text}").into());
    }
    fs::copy(&requirements, building.path().join("requirements.txt"))?;
    if !is_current(&place, &requirements) {
        if place.exists() {
            let outdated = tempfile::tempdir_in(&cache)?;
            fs::rename(&place, outdated.path().join("flax-venv"))?;
        }
        // Another checkout may have been quicker.
        let renamed = fs::rename(building.path(), &place);
        if !is_current(&place, &requirements) {
            renamed?;
        }
    }
    Ok(interpreter(&place))
}

fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Whether the environment has these requirements and its interpreter is still on this machine.
fn is_current(environment: &Path, requirements: &Path) -> bool {
    let same = fs::read(environment.join("requirements.txt"))
        .is_ok_and(|there| fs::read(requirements).is_ok_and(|wanted| there == wanted));
    same && Command::new(interpreter(environment))
        .args(["-c", "import flax"])
        .output()
        .is_ok_and(|output| output.status.success())
}
