//! Images of a part of a batch, as the first layer and its gradient want them.

use crate::dataset::Dataset;
use crate::training::shift::shift;

use super::layer::Input;
use super::sparse::Sparse;

/// `[n, pixels]`, scaled; its memory is kept.
#[derive(Clone, Debug, Default)]
pub struct Images {
    dense: Vec<f32>,
    rows: Sparse,
    columns: Sparse,
    /// Whether `rows` and `columns` hold the same as `dense`.
    mostly_zeros: bool,
}

impl Images {
    /// With `shifts` each is moved by so many rows and columns; with `look_for_zeros` they are made ready for [`Images::input`] to be sparse.
    pub fn read(
        &mut self,
        dataset: &Dataset,
        serials: &[u32],
        shifts: Option<&[[i8; 2]]>,
        look_for_zeros: bool,
    ) {
        dataset.scaled_into(serials, &mut self.dense);
        if let Some(shifts) = shifts {
            shift(&mut self.dense, dataset.shape(), shifts);
        }
        self.mostly_zeros = look_for_zeros && self.rows.read(&self.dense, dataset.pixels());
    }

    /// Makes ready for [`Images::columns`].
    pub fn transpose(&mut self, pixels: usize) {
        if self.mostly_zeros {
            self.columns.transpose(&self.rows, pixels);
        }
    }

    pub fn as_slice(&self) -> &[f32] {
        &self.dense
    }

    pub fn input(&self) -> Input<'_> {
        Input {
            dense: &self.dense,
            sparse: self.mostly_zeros.then_some(&self.rows),
        }
    }

    /// After [`Images::transpose`]: row `i` holds pixel `i` of every image.
    pub fn columns(&self) -> Option<&Sparse> {
        self.mostly_zeros.then_some(&self.columns)
    }
}
