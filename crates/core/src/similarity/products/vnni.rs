//! Products by AVX-512 VNNI: four of 8 bits are added to a sum of 32 bits at once.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_cmpge_epi32_mask, _mm512_dpbusd_epi32, _mm512_min_epi32,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_sub_epi32, _mm512_xor_si512,
};
use std::hint::black_box;

use pulp::cast;

use super::{Each, GROUP, Group, Side, Sides};

/// There is one where the machine has these instructions.
#[derive(Clone, Copy)]
pub struct Vnni(());

impl Vnni {
    pub fn try_new() -> Option<Self> {
        let has = is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512bw")
            && is_x86_feature_detected!("avx512vnni");
        has.then_some(Self(()))
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

/// What the rows' sums are too large by: of two factors one must not be negative, so 128 is added to the columns' numbers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn excess(rows: &[Group]) -> __m512i {
    rows.iter().fold(_mm512_setzero_si512(), |sum, row| {
        _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(i8::MIN), cast(*row))
    })
}

/// Sums with the [`excess`], on top of `first`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn exceeding(first: __m512i, rows: &[Group], columns: &[Group]) -> [__m512i; GROUP] {
    let mut sums = [first; GROUP];
    for (row, column) in rows.iter().zip(columns) {
        let column = _mm512_xor_si512(cast(*column), _mm512_set1_epi8(i8::MIN));
        let row: Each = cast(*row);
        for (sum, row) in sums.iter_mut().zip(row) {
            *sum = _mm512_dpbusd_epi32(*sum, column, _mm512_set1_epi32(row));
        }
    }
    sums
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn sums(rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
    let excess: Each = cast(excess(rows));
    let mut sums = exceeding(_mm512_setzero_si512(), rows, columns);
    for (sum, excess) in sums.iter_mut().zip(excess) {
        *sum = _mm512_sub_epi32(*sum, _mm512_set1_epi32(excess));
    }
    cast(sums)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn reached(rows: Side, columns: Sides, found: &mut impl FnMut(usize, [u16; GROUP])) {
    // What the sums are above a nearness, and what they have to reach. In memory, from where one is copied to all columns by the
    // same instruction that uses it.
    let above = _mm512_add_epi32(excess(rows.groups), cast(*rows.halves));
    let least: Each = black_box(cast(_mm512_add_epi32(above, cast(*rows.bounds))));
    let above: Each = black_box(cast(above));
    for (i, columns) in columns.each(rows.groups.len()) {
        let halves = _mm512_sub_epi32(_mm512_setzero_si512(), cast(*columns.halves));
        let sums = exceeding(halves, rows.groups, columns.groups);
        let bounds: __m512i = cast(*columns.bounds);
        let mut reached = [0; GROUP];
        for (row, reached) in reached.iter_mut().enumerate() {
            let own = _mm512_add_epi32(bounds, _mm512_set1_epi32(above[row]));
            let least = _mm512_min_epi32(own, _mm512_set1_epi32(least[row]));
            *reached = _mm512_cmpge_epi32_mask(sums[row], least);
        }
        found(i, reached);
    }
}
