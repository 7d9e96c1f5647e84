//! Where the checkout's files lie, and copies of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use crate::outcome::Outcome;

/// The checkout: the nearest folder with a `Cargo.lock` above the package's, which cargo makes a test's working folder. No
/// path is compiled in, since a target folder may serve several checkouts in turn.
pub fn checkout() -> &'static Path {
    static CHECKOUT: LazyLock<PathBuf> = LazyLock::new(|| {
        let folder = std::env::current_dir().unwrap_or_default();
        let root = folder
            .ancestors()
            .find(|folder| folder.join("Cargo.lock").exists());
        root.unwrap_or(&folder).to_owned()
    });
    &CHECKOUT
}

/// A file of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    checkout().join("tests/fixtures").join(name)
}

/// Copies MNIST and a checkpoint to where the dashboard looks for them in its working folder.
pub fn copy_of_the_data(folder: &Path) -> Outcome {
    let data = folder.join("data/mnist");
    let weights = folder.join("artifacts/checkpoints");
    fs::create_dir_all(&data)?;
    fs::create_dir_all(&weights)?;
    for name in [
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
    ] {
        fs::copy(checkout().join("data/mnist").join(name), data.join(name))?;
    }
    fs::copy(fixture("dense.ckpt"), weights.join("ssvae.ckpt"))?;
    Ok(())
}

/// Serials and labels of the rows of a `labels.csv` that have a label; none where there is no such file.
pub fn label_rows(path: &Path) -> Vec<(u32, u8)> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let rows = text.lines().skip(1).filter_map(|line| line.split_once(','));
    rows.filter_map(|(serial, label)| Some((serial.parse().ok()?, label.parse().ok()?)))
        .collect()
}
