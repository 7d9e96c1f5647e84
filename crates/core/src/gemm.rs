//! Products of matrices, by the kernels of the `gemm` crate.

use gemm_common::Parallelism;
use gemm_f32::gemm::f32::get_gemm_fn;

/// `rows × columns` numbers somewhere in a slice.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// Row-major, without gaps; as many rows as there are.
    pub fn new(data: &'a [f32], columns: usize) -> Self {
        Self {
            data,
            rows: data.len() / columns.max(1),
            columns,
            row_stride: columns,
            column_stride: 1,
        }
    }

    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// Rows `from..from + count`.
    pub fn rows(self, from: usize, count: usize) -> Self {
        Self {
            data: &self.data[from * self.row_stride..],
            rows: count,
            ..self
        }
    }

    /// The last element lies within the slice.
    fn fits(&self) -> bool {
        let last = (self.rows - 1) * self.row_stride + (self.columns - 1) * self.column_stride;
        last < self.data.len()
    }
}

/// `out = a · b`, or `out += a · b` with `add`; `out` is row-major `[a.rows, b.columns]`.
///
/// # Panics
/// If the sizes do not belong together.
pub fn multiply(out: &mut [f32], add: bool, a: Matrix, b: Matrix) {
    assert!(
        a.columns == b.rows && out.len() == a.rows * b.columns,
        "{}×{} times {}×{} does not give {} numbers",
        a.rows,
        a.columns,
        b.rows,
        b.columns,
        out.len()
    );
    if out.is_empty() {
        return;
    }
    assert!(
        a.columns > 0 && a.fits() && b.fits(),
        "matrices within their slices"
    );
    let stride = |stride: usize| stride as isize;
    #[expect(unsafe_code, reason = "gemm takes pointers")]
    // SAFETY: every index was just checked to lie within its slice.
    unsafe {
        // The kernels write columns, so they are given outᵀ = bᵀ · aᵀ.
        get_gemm_fn()(
            b.columns,
            a.rows,
            a.columns,
            out.as_mut_ptr(),
            stride(b.columns),
            1,
            add,
            b.data.as_ptr(),
            stride(b.row_stride),
            stride(b.column_stride),
            a.data.as_ptr(),
            stride(a.row_stride),
            stride(a.column_stride),
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn agrees_with_the_definition(
            rows in 1usize..20, inner in 1usize..40, columns in 1usize..20,
            turn_a: bool, turn_b: bool, add: bool, seed in 0u32..1000,
        ) {
            let number = |i: usize| ((i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 20) as f32 / 4096.0 - 0.5;
            let a: Vec<f32> = (0..rows * inner).map(number).collect();
            let b: Vec<f32> = (0..inner * columns).map(|i| number(i + 1000)).collect();
            let mut out: Vec<f32> = (0..rows * columns).map(|i| number(i + 5000)).collect();
            let before = out.clone();
            let matrix = |data, turned, width, height| match turned {
                true => Matrix::new(data, height).transposed(),
                false => Matrix::new(data, width),
            };
            multiply(&mut out, add, matrix(&a, turn_a, inner, rows), matrix(&b, turn_b, columns, inner));
            for i in 0..rows {
                for j in 0..columns {
                    let at = |data: &[f32], turned, row, column, width, height| -> f32 {
                        if turned { data[column * height + row] } else { data[row * width + column] }
                    };
                    let sum: f32 = (0..inner)
                        .map(|k| at(&a, turn_a, i, k, inner, rows) * at(&b, turn_b, k, j, columns, inner))
                        .sum();
                    let expected = sum + if add { before[i * columns + j] } else { 0.0 };
                    prop_assert!((out[i * columns + j] - expected).abs() < 1e-4);
                }
            }
        }
    }
}
