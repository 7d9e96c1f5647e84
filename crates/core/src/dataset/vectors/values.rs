//! [`Vectors`]: what a file holds.

use std::path::{Path, PathBuf};

/// A vector of finite numbers for each sample, as a file holds them.
#[derive(Clone, Debug, PartialEq)]
pub struct Vectors {
    path: PathBuf,
    /// `[n, dim]`, row-major.
    values: Vec<f32>,
    dim: usize,
}

impl Vectors {
    /// `values`: `[n, dim]`, row-major.
    pub(super) fn new(path: &Path, values: Vec<f32>, dim: usize) -> Self {
        Self {
            path: path.to_owned(),
            values,
            dim: dim.max(1),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of vectors.
    pub fn len(&self) -> usize {
        self.values.len() / self.dim
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Numbers of a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// All numbers, `[n, dim]` row-major.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}
