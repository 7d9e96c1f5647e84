//! [`Random`]: eight streams of random numbers beside each other.

/// Numbers that are drawn at once.
pub const LANES: usize = 8;

/// xoshiro128+ (Blackman & Vigna 2021), once in each lane. Its lowest bits are the weakest, which [`Self::below`] hardly
/// uses.
pub struct Random {
    state: [[u32; LANES]; 4],
}

impl Random {
    /// The streams of a block of samples in an epoch.
    pub fn new(seed: u64, epoch: u32, block: u32) -> Self {
        let mut mixed =
            seed ^ ((u64::from(epoch) << 32) | u64::from(block)).wrapping_mul(0xd134_2543_de82_ef95);
        let mut state = [[0; LANES]; 4];
        for word in state.iter_mut().flatten() {
            mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            *word = (split_mix(mixed) >> 32) as u32;
        }
        Self { state }
    }

    /// Whole numbers below a bound, by multiplication (Lemire 2019, without the rejection: the bias is below
    /// `bound / 2³²`).
    #[inline(always)]
    pub fn below(&mut self, bound: u32) -> [u32; LANES] {
        let mut numbers = [0; LANES];
        let [s0, s1, s2, s3] = &mut self.state;
        for lane in 0..LANES {
            let sum = s0[lane].wrapping_add(s3[lane]);
            numbers[lane] = ((u64::from(sum) * u64::from(bound)) >> 32) as u32;
            let shifted = s1[lane] << 9;
            s2[lane] ^= s0[lane];
            s3[lane] ^= s1[lane];
            s1[lane] ^= s2[lane];
            s0[lane] ^= s3[lane];
            s2[lane] ^= shifted;
            s3[lane] = s3[lane].rotate_left(11);
        }
        numbers
    }
}

/// The mixing function of SplitMix64 (Steele, Lea & Flood 2014).
fn split_mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
