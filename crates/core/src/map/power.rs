//! Powers of many numbers, quicker than `powf` and exact enough for steps that are random anyhow.

/// `x^exponent` for x from 0 up, within 1e-5 of it for exponents up to 2; of 0, and below 2^−126, some number near 0.
///
/// The logarithm of the significand and the power of two of the fraction are polynomials fitted at Chebyshev nodes. There
/// is no branch and no call, so that loops over it become vector instructions.
#[inline(always)]
pub fn power(x: f32, exponent: f32) -> f32 {
    exp2(exponent * log2(x))
}

/// Bits of √½: significands lie from there to √2.
const ROOT_OF_HALF: u32 = 0x3f35_04f3;

/// Within 1e-6.
#[inline(always)]
fn log2(x: f32) -> f32 {
    let bits = x.to_bits();
    let exponent = (bits.wrapping_sub(ROOT_OF_HALF) as i32) >> 23;
    let t = f32::from_bits(bits.wrapping_sub((exponent << 23) as u32)) - 1.0;
    let mut sum = 0.172_128_74;
    for coefficient in [
        -0.269_506_28,
        0.295_633_6,
        -0.359_350_65,
        0.480_629_15,
        -0.721_364,
        1.442_696_5,
    ] {
        sum = sum * t + coefficient;
    }
    exponent as f32 + sum * t
}

/// Added and taken away again, it leaves the nearest whole number.
const ROUND: f32 = 12_582_912.0;

/// Within 4e-6 of it.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    let x = if x < -126.0 { -126.0 } else { x };
    let x = if x > 126.0 { 126.0 } else { x };
    let shifted = x + ROUND;
    let whole = shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let t = x - (shifted - ROUND);
    let mut sum = 0.009_676_037;
    for coefficient in [0.055_922_03, 0.240_221_07, 0.693_121, 1.0] {
        sum = sum * t + coefficient;
    }
    sum * f32::from_bits(((whole + 127) << 23) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_near_the_true_ones() {
        for exponent in [0.3, 0.5, 0.7906, 0.895, 1.0, 1.5, 2.0] {
            for i in -400..400 {
                let x = (i as f32 * 0.1).exp2();
                let (quick, exact) = (power(x, exponent), x.powf(exponent));
                assert!(
                    (quick / exact - 1.0).abs() < 2e-5,
                    "{x}^{exponent} is {exact}, not {quick}"
                );
            }
        }
        assert!(power(0.0, 0.9) < 1e-30);
    }
}
