//! Shared by the tests: where the fixtures lie, and what numpy wrote.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

pub type Outcome = Result<(), Box<dyn Error>>;

/// The checkout, which cargo makes a test's working folder: a target folder may serve several checkouts in turn.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| std::env::current_dir().unwrap_or_default());
    &ROOT
}

pub fn fixture(name: &str) -> PathBuf {
    root().join("tests/fixtures").join(name)
}

/// One array of a `.npz` file, converted to f32, with its shape.
pub fn npz(path: &Path, name: &str) -> Result<(Vec<u64>, Vec<f32>), Box<dyn Error>> {
    let mut archive = zip::ZipArchive::new(File::open(path)?)?;
    let file = npyz::NpyFile::new(archive.by_name(&format!("{name}.npy"))?)?;
    let shape = file.shape().to_vec();
    let data = match file.dtype() {
        npyz::DType::Plain(kind) if kind.to_string().contains("i4") => {
            file.into_vec::<i32>()?.into_iter().map(|x| x as f32).collect()
        }
        npyz::DType::Plain(kind) if kind.to_string().contains("i8") => {
            file.into_vec::<i64>()?.into_iter().map(|x| x as f32).collect()
        }
        _ => file.into_vec::<f32>()?,
    };
    Ok((shape, data))
}

pub fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "arrays of different lengths");
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
