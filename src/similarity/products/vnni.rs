//! Products by AVX-512 VNNI: four of 8 bits are added to a sum of 32 bits at once.

use std::arch::x86_64::{
    __m512i, _mm512_add_epi32, _mm512_cmpge_epi32_mask, _mm512_dpbusd_epi32, _mm512_min_epi32,
    _mm512_set1_epi8, _mm512_set1_epi32, _mm512_setzero_si512, _mm512_sub_epi32, _mm512_xor_si512,
};

use pulp::cast;

use super::{Each, GROUP, Group, Side};

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
        #[expect(
            unsafe_code,
            reason = "the machine has the instructions, or there would be no `self`"
        )]
        unsafe {
            sums(rows, columns)
        }
    }

    pub fn reached(self, rows: Side, columns: Side) -> [u16; GROUP] {
        #[expect(
            unsafe_code,
            reason = "the machine has the instructions, or there would be no `self`"
        )]
        unsafe {
            reached(rows, columns)
        }
    }
}

/// On top of `first`, and for each row how much too large its sums are: of the two factors one must not be negative, so 128 is
/// added to the columns' numbers.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn shifted(first: __m512i, rows: &[Group], columns: &[Group]) -> ([__m512i; GROUP], __m512i) {
    let sign = _mm512_set1_epi8(i8::MIN);
    let (mut sums, mut excess) = ([first; GROUP], _mm512_setzero_si512());
    for (row, column) in rows.iter().zip(columns) {
        let column = _mm512_xor_si512(cast(*column), sign);
        excess = _mm512_dpbusd_epi32(excess, sign, cast(*row));
        let row: Each = cast(*row);
        for (sum, row) in sums.iter_mut().zip(row) {
            *sum = _mm512_dpbusd_epi32(*sum, column, _mm512_set1_epi32(row));
        }
    }
    (sums, excess)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn sums(rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
    let (mut sums, excess) = shifted(_mm512_setzero_si512(), rows, columns);
    let excess: Each = cast(excess);
    for (sum, excess) in sums.iter_mut().zip(excess) {
        *sum = _mm512_sub_epi32(*sum, _mm512_set1_epi32(excess));
    }
    cast(sums)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn reached(rows: Side, columns: Side) -> [u16; GROUP] {
    let none = _mm512_setzero_si512();
    let halves = _mm512_sub_epi32(none, cast(*columns.halves));
    let (sums, excess) = shifted(halves, rows.groups, columns.groups);
    // What the sums are above a nearness.
    let above = _mm512_add_epi32(excess, cast(*rows.halves));
    let least: Each = cast(_mm512_add_epi32(above, cast(*rows.bounds)));
    let (above, bounds): (Each, __m512i) = (cast(above), cast(*columns.bounds));
    let mut reached = [0; GROUP];
    for (row, reached) in reached.iter_mut().enumerate() {
        let own = _mm512_add_epi32(bounds, _mm512_set1_epi32(above[row]));
        let least = _mm512_min_epi32(own, _mm512_set1_epi32(least[row]));
        *reached = _mm512_cmpge_epi32_mask(sums[row], least);
    }
    reached
}
