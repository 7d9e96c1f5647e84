//! Which file of a folder holds vectors.

use std::path::{Path, PathBuf};

use crate::dataset::names;

/// What vectors are read from, the first of several first.
const EXTENSIONS: [&str; 4] = ["npy", "npz", "parquet", "csv"];

/// Whether a file may hold vectors, by the end of its name.
pub fn is_vectors_file(path: &Path) -> bool {
    extension(path).is_some()
}

/// The file among these that holds the training samples' vectors by its name, and a line for the user where there are
/// several.
pub fn find(files: &[PathBuf]) -> (Option<PathBuf>, Option<String>) {
    let mut found: Vec<_> = files
        .iter()
        .filter_map(|path| Some((rank(path)?, path)))
        .collect();
    found.sort();
    let note = match found.as_slice() {
        [(_, first), (_, second), ..] => Some(format!(
            "{}: holds vectors, and so does {}; the window compares by the first alone",
            short(first),
            short(second)
        )),
        _ => None,
    };
    (found.first().map(|(_, path)| (*path).clone()), note)
}

/// The lower, the more usual.
fn rank(path: &Path) -> Option<(usize, usize)> {
    let stem = path.file_stem()?.to_str()?;
    Some((names::vectors(stem)?, extension(path)?))
}

/// The place of the file's extension among those that are known.
fn extension(path: &Path) -> Option<usize> {
    let extension = path.extension()?.to_str()?.to_lowercase();
    EXTENSIONS.iter().position(|known| *known == extension)
}

fn short(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}
