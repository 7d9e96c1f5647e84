//! An array of bytes as a file holds it.

use std::path::{Path, PathBuf};

use super::bytes::Bytes;
use super::error::DatasetError;

/// Bytes in rows, `[n, …]`, and the file they are from.
pub(super) struct ByteArray {
    pub path: PathBuf,
    pub dims: Vec<usize>,
    /// As many as the product of the dimensions.
    pub data: Bytes,
}

/// The largest side of an image.
const LARGEST: usize = 256;

impl ByteArray {
    pub fn count(&self) -> usize {
        self.dims.first().copied().unwrap_or_default()
    }

    /// Height, width and channels of an image.
    pub fn shape(&self) -> Result<[usize; 3], DatasetError> {
        shape(&self.path, &self.dims)
    }

    pub fn broken(&self, problem: String) -> DatasetError {
        DatasetError::Broken {
            path: self.path.clone(),
            problem,
        }
    }
}

/// Height, width and channels of an image: grey `[n, height, width]`, or `[n, height, width, 1 or 3]`.
fn shape(path: &Path, dims: &[usize]) -> Result<[usize; 3], DatasetError> {
    let broken = |problem| {
        Err(DatasetError::Broken {
            path: path.to_owned(),
            problem,
        })
    };
    let (count, shape) = match *dims {
        [count, height, width] => (count, [height, width, 1]),
        [count, height, width, channels @ (1 | 3)] => (count, [height, width, channels]),
        _ => {
            return broken(format!(
                "is an array of {dims:?}, not of images: [n, height, width], or [n, height, width, 3] in colour"
            ));
        }
    };
    let [height, width, _] = shape;
    if count == 0 {
        return broken("holds no images".into());
    }
    if height == 0 || width == 0 || height > LARGEST || width > LARGEST {
        return broken(format!(
            "images of {height}×{width} pixels, where 1×1 to {LARGEST}×{LARGEST} can be shown"
        ));
    }
    if count > u32::MAX as usize / 2 {
        return broken(format!("holds {count} images, more than have serials"));
    }
    Ok(shape)
}

/// Whether an array of these dimensions is one of images; asked before its data are read.
pub(super) fn check_images(path: &Path, dims: &[usize]) -> Result<(), DatasetError> {
    shape(path, dims).map(|_| ())
}

/// Whether an array of these dimensions has a label for each of so many images; MedMNIST has a column of them.
pub(super) fn one_each(images: usize) -> impl Fn(&Path, &[usize]) -> Result<(), DatasetError> {
    move |path, dims| {
        let labels = match *dims {
            [labels] | [labels, 1] => labels,
            _ => dims.iter().product(),
        };
        if matches!(*dims, [_] | [_, 1]) && labels == images {
            return Ok(());
        }
        Err(DatasetError::Broken {
            path: path.to_owned(),
            problem: format!("{labels} labels for {images} images"),
        })
    }
}
