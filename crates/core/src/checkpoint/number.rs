//! Numbers of numpy's dtypes, little-endian.

/// All numbers as f32; the text says what is wrong.
pub fn numbers(dtype: &str, raw: &[u8]) -> Result<Vec<f32>, String> {
    match dtype {
        "float32" => each(raw, f32::from_le_bytes),
        "float64" => each(raw, |item| f64::from_le_bytes(item) as f32),
        "float16" => each(raw, |item| half(u16::from_le_bytes(item))),
        "bfloat16" => each(raw, |item| {
            f32::from_bits(u32::from(u16::from_le_bytes(item)) << 16)
        }),
        "int8" => each(raw, |item| f32::from(i8::from_le_bytes(item))),
        "uint8" | "bool" => each(raw, |item: [u8; 1]| f32::from(item[0])),
        "int16" => each(raw, |item| f32::from(i16::from_le_bytes(item))),
        "uint16" => each(raw, |item| f32::from(u16::from_le_bytes(item))),
        "int32" => each(raw, |item| i32::from_le_bytes(item) as f32),
        "uint32" => each(raw, |item| u32::from_le_bytes(item) as f32),
        "int64" => each(raw, |item| i64::from_le_bytes(item) as f32),
        "uint64" => each(raw, |item| u64::from_le_bytes(item) as f32),
        _ => Err(format!("dtype {dtype} is not known")),
    }
}

fn each<const N: usize>(raw: &[u8], convert: impl Fn([u8; N]) -> f32) -> Result<Vec<f32>, String> {
    let (items, rest) = raw.as_chunks::<N>();
    if !rest.is_empty() {
        return Err("its bytes are cut off".into());
    }
    Ok(items.iter().map(|&item| convert(item)).collect())
}

/// The one integer that `raw` holds.
pub fn integer(dtype: &str, raw: &[u8]) -> Option<i64> {
    match dtype {
        "int8" => Some(i8::from_le_bytes(raw.try_into().ok()?).into()),
        "uint8" => Some(u8::from_le_bytes(raw.try_into().ok()?).into()),
        "int16" => Some(i16::from_le_bytes(raw.try_into().ok()?).into()),
        "uint16" => Some(u16::from_le_bytes(raw.try_into().ok()?).into()),
        "int32" => Some(i32::from_le_bytes(raw.try_into().ok()?).into()),
        "uint32" => Some(u32::from_le_bytes(raw.try_into().ok()?).into()),
        "int64" => Some(i64::from_le_bytes(raw.try_into().ok()?)),
        "uint64" => u64::from_le_bytes(raw.try_into().ok()?).try_into().ok(),
        _ => None,
    }
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f32::from(bits & 0x3ff);
    sign * match exponent {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        let known = [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3c00, 1.0),
            (0x3555, 0.333_251_95),
            (0xc000, -2.0),
            (0x7bff, 65_504.0),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, number) in known {
            assert_eq!(half(bits), number, "{bits:#06x}");
        }
        assert!(half(0x7c01).is_nan());
    }

    #[test]
    fn dtypes() {
        assert_eq!(
            numbers("bfloat16", &[0x80, 0x3f, 0x00, 0xc0]),
            Ok(vec![1.0, -2.0])
        );
        assert_eq!(numbers("float64", &0.1_f64.to_le_bytes()), Ok(vec![0.1]));
        assert_eq!(numbers("int16", &[0xff, 0xff]), Ok(vec![-1.0]));
        assert!(numbers("float32", &[0; 7]).is_err());
        assert!(numbers("complex64", &[0; 8]).is_err());
        assert_eq!(integer("int8", &[0xff]), Some(-1));
        assert_eq!(integer("uint64", &u64::MAX.to_le_bytes()), None);
        assert_eq!(integer("float32", &[0; 4]), None);
    }
}
