//! An array of bytes as a file holds it.

use std::path::PathBuf;

use super::DatasetError;
use super::bytes::Bytes;

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
        self.dims[0]
    }

    /// Height, width and channels of an image: grey `[n, height, width]`, or `[n, height, width, 1 or 3]`.
    pub fn shape(&self) -> Result<[usize; 3], DatasetError> {
        let shape = match *self.dims.as_slice() {
            [_, height, width] => [height, width, 1],
            [_, height, width, channels @ (1 | 3)] => [height, width, channels],
            _ => {
                return Err(self.broken(format!(
                    "is an array of {:?}, not of images: [n, height, width], or [n, height, width, 3] in colour",
                    self.dims
                )));
            }
        };
        let [height, width, _] = shape;
        if self.count() == 0 {
            return Err(self.broken("holds no images".into()));
        }
        if height == 0 || width == 0 || height > LARGEST || width > LARGEST {
            return Err(self.broken(format!(
                "images of {height}×{width} pixels, where 1×1 to {LARGEST}×{LARGEST} can be shown"
            )));
        }
        if self.count() > u32::MAX as usize / 2 {
            return Err(self.broken(format!("holds {} images, more than have serials", self.count())));
        }
        Ok(shape)
    }

    pub fn broken(&self, problem: String) -> DatasetError {
        DatasetError::Broken {
            path: self.path.clone(),
            problem,
        }
    }
}
