//! Products with matrices that are mostly zeros, as images often are: of MNIST's pixels a fifth is not 0. The time goes
//! with what is not 0, so that the products with the images, which are nearly half of all, take half of theirs.

use pulp::{Arch, Simd, WithSimd};

/// Up to this share of numbers other than 0 a product is faster here than by
/// [`multiply`](crate::gemm::multiply): that one does two multiplications in the time of one here.
const DENSEST: f64 = 0.4;

/// Vectors of sums that are kept in registers at a time.
const VECTORS: usize = 8;

/// A matrix's numbers other than 0, row by row.
#[derive(Clone, Debug, Default)]
pub struct Sparse {
    /// Where each row begins in `entries`, and the end.
    starts: Vec<usize>,
    /// Column and number; what stands behind the last row's end does not count.
    entries: Vec<(u32, f32)>,
}

impl Sparse {
    /// Reads a row-major matrix. False: it has too few zeros, or this processor no vectors, and the product is to be had
    /// elsewhere.
    pub fn read(&mut self, dense: &[f32], columns: usize) -> bool {
        self.starts.clear();
        self.starts.push(0);
        if matches!(Arch::new(), Arch::Scalar) {
            return false;
        }
        // Room for all of them: each is written, and counted only where it is not 0.
        self.entries.resize(dense.len(), (0, 0.0));
        let mut count = 0;
        for row in dense.chunks_exact(columns) {
            for (i, piece) in row.chunks(16).enumerate() {
                // Most pieces are nothing but zeros, of which the sign does not count.
                if piece.iter().fold(0, |bits, number| bits | number.to_bits()) << 1 == 0 {
                    continue;
                }
                for (j, &number) in piece.iter().enumerate() {
                    self.entries[count] = ((i * 16 + j) as u32, number);
                    count += usize::from(number != 0.0);
                }
            }
            self.starts.push(count);
        }
        count as f64 <= DENSEST * dense.len() as f64
    }

    /// Becomes `of` transposed, which has `columns` columns.
    pub fn transpose(&mut self, of: &Self, columns: usize) {
        self.starts.clear();
        self.starts.resize(columns + 1, 0);
        let count = of.starts.last().copied().unwrap_or_default();
        for &(column, _) in &of.entries[..count] {
            self.starts[column as usize + 1] += 1;
        }
        for column in 0..columns {
            self.starts[column + 1] += self.starts[column];
        }
        self.entries.resize(count, (0, 0.0));
        let mut next = self.starts.clone();
        for (row, ends) in of.starts.windows(2).enumerate() {
            for &(column, number) in &of.entries[ends[0]..ends[1]] {
                let place = &mut next[column as usize];
                self.entries[*place] = (row as u32, number);
                *place += 1;
            }
        }
    }

    /// `out = rows · other`, or `out += rows · other` with `add`, of `count` rows from `from` on; `other` and `out` are
    /// row-major of this `width`. False: vectors of this processor do not go into the width, and nothing was done.
    ///
    /// # Panics
    /// If the sizes do not belong together.
    pub fn multiply(
        &self,
        from: usize,
        count: usize,
        other: &[f32],
        width: usize,
        add: bool,
        out: &mut [f32],
    ) -> bool {
        assert!(out.len() == count * width, "sizes");
        Arch::new().dispatch(Product {
            starts: &self.starts[from..=from + count],
            entries: &self.entries,
            other,
            width,
            add,
            out,
        })
    }
}

struct Product<'a> {
    starts: &'a [usize],
    entries: &'a [(u32, f32)],
    other: &'a [f32],
    width: usize,
    add: bool,
    out: &'a mut [f32],
}

impl WithSimd for Product<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) -> bool {
        if !self.width.is_multiple_of(S::F32_LANES) {
            return false;
        }
        let width = self.width / S::F32_LANES;
        let mut at = 0;
        while at + VECTORS <= width {
            self.columns::<S, VECTORS>(simd, at, width);
            at += VECTORS;
        }
        while at < width {
            self.columns::<S, 1>(simd, at, width);
            at += 1;
        }
        true
    }
}

impl Product<'_> {
    /// The vectors `at..at + V` of each row.
    #[inline(always)]
    fn columns<S: Simd, const V: usize>(&mut self, simd: S, at: usize, width: usize) {
        let (other, _) = S::as_simd_f32s(self.other);
        let (out, _) = S::as_mut_simd_f32s(self.out);
        for (ends, out) in self.starts.windows(2).zip(out.chunks_exact_mut(width)) {
            let out = &mut out[at..at + V];
            let mut sums = [simd.splat_f32s(0.0); V];
            if self.add {
                sums.copy_from_slice(out);
            }
            for &(column, number) in &self.entries[ends[0]..ends[1]] {
                let number = simd.splat_f32s(number);
                let start = column as usize * width + at;
                for (sum, &value) in sums.iter_mut().zip(&other[start..start + V]) {
                    *sum = simd.mul_add_f32s(number, value, *sum);
                }
            }
            out.copy_from_slice(&sums);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gemm::{Matrix, multiply};

    proptest! {
        #[test]
        fn agrees_with_the_dense_product(
            rows in 1usize..9, inner in 1usize..70, vectors in 1usize..12, add: bool, seed in 0u32..1000,
        ) {
            let width = vectors * 16;
            let number = |i: usize| (i as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) >> 16;
            let value = |i: usize| number(i) as f32 / 65536.0 - 0.5;
            let a: Vec<f32> = (0..rows * inner)
                .map(|i| if number(i).is_multiple_of(4) { value(i) } else { 0.0 })
                .collect();
            let other: Vec<f32> = (0..inner * width).map(|i| value(i + 1000)).collect();
            let turned_other: Vec<f32> = (0..rows * width).map(|i| value(i + 2000)).collect();
            let (mut sparse, mut turned) = (Sparse::default(), Sparse::default());
            let count = a.iter().filter(|&&number| number != 0.0).count();
            let has_vectors = !matches!(Arch::new(), Arch::Scalar);
            let is_sparse = count as f64 <= DENSEST * a.len() as f64;
            prop_assert_eq!(sparse.read(&a, inner), has_vectors && is_sparse);
            prop_assume!(has_vectors);
            // A dense one is read, too; its product takes longer, and is right.
            turned.transpose(&sparse, inner);

            let mut ours: Vec<f32> = (0..rows * width).map(value).collect();
            let mut expected = ours.clone();
            prop_assert!(sparse.multiply(0, rows, &other, width, add, &mut ours));
            multiply(&mut expected, add, Matrix::new(&a, inner), Matrix::new(&other, width));
            prop_assert!(ours.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4));

            let from = inner / 3;
            let mut ours: Vec<f32> = (0..(inner - from) * width).map(value).collect();
            let mut expected = ours.clone();
            prop_assert!(turned.multiply(from, inner - from, &turned_other, width, add, &mut ours));
            let turned = Matrix::new(&a, inner).transposed().rows(from, inner - from);
            multiply(&mut expected, add, turned, Matrix::new(&turned_other, width));
            prop_assert!(ours.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }
}
