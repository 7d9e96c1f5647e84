//! The types of numbers that arrays hold, and their values.

use npyz::{TypeChar, TypeStr};

/// A type of numbers in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    kind: Kind,
    /// Bytes of one.
    size: usize,
    /// Whether the most significant byte comes first.
    big: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bool,
    Unsigned,
    Signed,
    Float,
}

impl Number {
    /// NumPy's type, where it is one of real numbers of up to eight bytes.
    pub fn of_numpy(descr: &TypeStr) -> Option<Self> {
        let size = usize::try_from(descr.size_field()).ok()?;
        let (kind, sizes): (Kind, &[usize]) = match descr.type_char() {
            TypeChar::Bool => (Kind::Bool, &[1]),
            TypeChar::Uint => (Kind::Unsigned, &[1, 2, 4, 8]),
            TypeChar::Int => (Kind::Signed, &[1, 2, 4, 8]),
            TypeChar::Float => (Kind::Float, &[2, 4, 8]),
            _ => return None,
        };
        let big = descr.endianness() == npyz::Endianness::Big;
        sizes.contains(&size).then_some(Self { kind, size, big })
    }

    /// The third byte of an IDX file's magic number (<https://yann.lecun.org/exdb/mnist/>).
    pub fn of_idx(code: u8) -> Option<Self> {
        let (kind, size) = match code {
            0x08 => (Kind::Unsigned, 1),
            0x09 => (Kind::Signed, 1),
            0x0b => (Kind::Signed, 2),
            0x0c => (Kind::Signed, 4),
            0x0d => (Kind::Float, 4),
            0x0e => (Kind::Float, 8),
            _ => return None,
        };
        Some(Self {
            kind,
            size,
            big: true,
        })
    }

    /// Whether its values are bytes already.
    pub fn is_byte(self) -> bool {
        (self.kind, self.size) == (Kind::Unsigned, 1)
    }

    /// Bytes of one.
    pub fn size(self) -> usize {
        self.size
    }

    /// NumPy's name of it.
    pub fn name(self) -> String {
        let bits = 8 * self.size;
        match self.kind {
            Kind::Bool => "bool".into(),
            Kind::Unsigned => format!("uint{bits}"),
            Kind::Signed => format!("int{bits}"),
            Kind::Float => format!("float{bits}"),
        }
    }

    /// Hands over each of the numbers in `bytes`; what remains is no whole number of bytes and left out.
    pub fn each(self, bytes: &[u8], take: impl FnMut(f64)) {
        macro_rules! numbers {
            ($type:ty) => {
                match self.big {
                    true => values(bytes, |bytes| <$type>::from_be_bytes(bytes) as f64, take),
                    false => values(bytes, |bytes| <$type>::from_le_bytes(bytes) as f64, take),
                }
            };
        }
        match (self.kind, self.size) {
            (Kind::Bool, _) => values(bytes, |[byte]| f64::from(u8::from(byte != 0)), take),
            (Kind::Unsigned, 1) => numbers!(u8),
            (Kind::Unsigned, 2) => numbers!(u16),
            (Kind::Unsigned, 4) => numbers!(u32),
            (Kind::Unsigned, _) => numbers!(u64),
            (Kind::Signed, 1) => numbers!(i8),
            (Kind::Signed, 2) => numbers!(i16),
            (Kind::Signed, 4) => numbers!(i32),
            (Kind::Signed, _) => numbers!(i64),
            (Kind::Float, 2) => match self.big {
                true => values(bytes, |bytes| half(u16::from_be_bytes(bytes)), take),
                false => values(bytes, |bytes| half(u16::from_le_bytes(bytes)), take),
            },
            (Kind::Float, 4) => numbers!(f32),
            (Kind::Float, _) => numbers!(f64),
        }
    }
}

fn values<const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> f64, take: impl FnMut(f64)) {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| value(bytes))
        .for_each(take);
}

/// The value of an IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff) / 1024.0;
    let size = match (bits >> 10) & 0x1f {
        0 => fraction * 2_f64.powi(-14),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        exponent => (1.0 + fraction) * 2_f64.powi(i32::from(exponent) - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_each_type_have_their_values() {
        let cases: [(&str, &[u8], f64); 9] = [
            ("|b1", &[3], 1.0),
            ("|i1", &[255], -1.0),
            ("<u2", &[1, 2], 513.0),
            (">u2", &[1, 2], 258.0),
            ("<i8", &[254, 255, 255, 255, 255, 255, 255, 255], -2.0),
            ("<f2", &[0, 0xb8], -0.5),
            ("<f2", &[1, 0], 2_f64.powi(-24)),
            (">f4", &[0x3f, 0xc0, 0, 0], 1.5),
            ("<f8", &[0, 0, 0, 0, 0, 0, 0xf0, 0x7f], f64::INFINITY),
        ];
        for (descr, bytes, expected) in cases {
            let number = Number::of_numpy(&descr.parse().unwrap()).unwrap();
            let mut found = Vec::new();
            number.each(&[bytes, bytes].concat(), |value| found.push(value));
            assert_eq!(found, [expected; 2], "{descr}");
            assert_eq!(number.size(), bytes.len());
        }
        for descr in ["<c8", "|S4", "<f16", "<U1"] {
            assert_eq!(Number::of_numpy(&descr.parse().unwrap()), None);
        }
    }
}
