//! Vectors of the samples, `[n, d]`, from a file beside the images: the embeddings of CLIP, DINO or any other network.
//!
//! `find` tells by its name which file of a folder holds them. `array` reads `.npy` and `.npz` files, `table` reads
//! `.csv` files.

mod array;
mod find;
mod table;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;

pub(super) use find::find;
pub use find::is_vectors_file;
pub use values::Vectors;

use super::source::Progress;
use super::vectors_error::VectorsError;

/// Reads the vectors of so many samples, or of as many as there are where `samples` is `None`. Integers and floats of up to
/// 64 bits become `f32`. `progress` hears how many bytes are read.
///
/// # Errors
/// A file that cannot be read, is of another format, or holds anything but a finite vector for each sample.
pub(crate) fn read(path: &Path, samples: Option<usize>, progress: Progress) -> Result<Vectors, VectorsError> {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref() {
        Some("npy" | "npz") => array::read(path, samples, progress),
        Some("csv") => table::read(path, samples, progress),
        Some("parquet") => Err(VectorsError::new(
            path,
            "Parquet is not read",
            "save the vectors by numpy.save(\"features.npy\", …)",
        )),
        _ => Err(VectorsError::new(
            path,
            "is none of .npy, .npz and .csv",
            "save the vectors as features.npy",
        )),
    }
}
