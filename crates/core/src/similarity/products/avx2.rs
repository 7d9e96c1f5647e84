//! Products by AVX2, in 16 bits.

use std::arch::x86_64::{
    __m128i, __m256i, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_hadd_epi32, _mm256_madd_epi16,
    _mm256_permute4x64_epi64, _mm256_set1_epi64x, _mm256_setzero_si256,
};

use pulp::cast;

use super::{Each, GROUP, Group, Side, Sides, TOGETHER, compared};

/// There is one where the machine has these instructions.
#[derive(Clone, Copy)]
pub struct Avx2(());

/// Rows whose sums there are registers for.
const ROWS: usize = 2;

impl Avx2 {
    pub fn try_new() -> Option<Self> {
        is_x86_feature_detected!("avx2").then_some(Self(()))
    }

    pub fn sums(self, rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
        #[expect(unsafe_code, reason = "the instructions are called by name")]
        // SAFETY: the machine has the instructions, or there would be no `self`.
        unsafe {
            sums(rows, columns)
        }
    }

    pub fn reached(self, rows: Side, columns: Sides, found: &mut impl FnMut(usize, [u16; GROUP])) {
        #[expect(unsafe_code, reason = "the instructions are called by name")]
        // SAFETY: the machine has the instructions, or there would be no `self`.
        unsafe {
            reached(rows, columns, found);
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn sums(rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
    let mut all = [[0; GROUP]; GROUP];
    for (i, all) in all.as_chunks_mut::<ROWS>().0.iter_mut().enumerate() {
        // Two sums of each column, four columns in each.
        let mut sums = [[_mm256_setzero_si256(); 4]; ROWS];
        for (row, column) in rows.iter().zip(columns) {
            let quarters: [__m128i; 4] = cast(*column);
            let quarters = quarters.map(|quarter| _mm256_cvtepi8_epi16(quarter));
            let (row, _) = row[i * ROWS * TOGETHER..].as_chunks::<TOGETHER>();
            for (sums, row) in sums.iter_mut().zip(row) {
                let row = _mm256_set1_epi64x(cast(row.map(i16::from)));
                for (sum, quarter) in sums.iter_mut().zip(quarters) {
                    *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(quarter, row));
                }
            }
        }
        for (all, sums) in all.iter_mut().zip(sums) {
            let half = |a, b| _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_hadd_epi32(a, b));
            let halves: [__m256i; 2] = [half(sums[0], sums[1]), half(sums[2], sums[3])];
            *all = cast(halves);
        }
    }
    all
}

#[target_feature(enable = "avx2")]
fn reached(rows: Side, columns: Sides, found: &mut impl FnMut(usize, [u16; GROUP])) {
    for (i, columns) in columns.each(rows.groups.len()) {
        found(i, compared(&sums(rows.groups, columns.groups), rows, columns));
    }
}
