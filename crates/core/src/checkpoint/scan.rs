//! A walk over msgpack bytes before anything is built from them, so that a file gets no more memory than it has bytes:
//! every length is held against what is left, nesting and the number of values against a limit.

/// Deepest nesting that is read; a checkpoint has about eight levels.
const DEPTH: usize = 64;

/// Values in a document, keys included; a checkpoint has a few hundred, more where arrays are chunked.
pub const DOCUMENT: usize = 1 << 18;

/// Values in the payload of an array: the shape's and three more.
pub const ARRAY: usize = 64;

/// Checks that `bytes` are one msgpack value of at most `limit` values and nothing else; the text says what is wrong.
pub fn scan(bytes: &[u8], limit: usize) -> Result<(), String> {
    let mut rest = bytes;
    let mut seen = 0;
    // Values still to come at each level.
    let mut open = vec![1_u64];
    while let Some(left) = open.last_mut() {
        let Some(fewer) = left.checked_sub(1) else {
            open.pop();
            continue;
        };
        *left = fewer;
        seen += 1;
        if seen > limit {
            return Err(format!("it has more than {limit} values"));
        }
        let children = pass(&mut rest).ok_or("it is cut off or no msgpack")?;
        if children > rest.len() as u64 {
            return Err("it is cut off".into());
        }
        if children > 0 {
            if open.len() >= DEPTH {
                return Err(format!("it is nested more than {DEPTH} levels deep"));
            }
            open.push(children);
        }
    }
    match rest.len() {
        0 => Ok(()),
        more => Err(format!("{more} bytes follow its end")),
    }
}

/// Passes over one value's marker, length and bytes (<https://github.com/msgpack/msgpack/blob/master/spec.md>);
/// returns how many values it holds.
fn pass(rest: &mut &[u8]) -> Option<u64> {
    let marker = number(rest, 1)?;
    let (skip, children) = match marker {
        0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => (0, 0),
        0x80..=0x8f => (0, 2 * (marker & 0x0f)),
        0x90..=0x9f => (0, marker & 0x0f),
        0xa0..=0xbf => (marker & 0x1f, 0),
        0xc4..=0xc6 => (number(rest, 1 << (marker - 0xc4))?, 0),
        0xc7..=0xc9 => (number(rest, 1 << (marker - 0xc7))? + 1, 0),
        0xca => (4, 0),
        0xcb => (8, 0),
        0xcc..=0xcf => (1 << (marker - 0xcc), 0),
        0xd0..=0xd3 => (1 << (marker - 0xd0), 0),
        0xd4..=0xd8 => ((1 << (marker - 0xd4)) + 1, 0),
        0xd9..=0xdb => (number(rest, 1 << (marker - 0xd9))?, 0),
        0xdc..=0xdd => (0, number(rest, 2 << (marker - 0xdc))?),
        0xde..=0xdf => (0, 2 * number(rest, 2 << (marker - 0xde))?),
        _ => return None,
    };
    *rest = rest.get(usize::try_from(skip).ok()?..)?;
    Some(children)
}

/// The next `width` bytes (at most 4) as a big-endian number.
fn number(rest: &mut &[u8], width: usize) -> Option<u64> {
    let (bytes, after) = rest.split_at_checked(width)?;
    *rest = after;
    Some(
        bytes
            .iter()
            .fold(0, |number, &byte| number << 8 | u64::from(byte)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rmpv::Value;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Nil),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f32>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,40}".prop_map(Value::from),
            proptest::collection::vec(any::<u8>(), 0..300).prop_map(Value::from),
            (any::<i8>(), proptest::collection::vec(any::<u8>(), 0..70_000))
                .prop_map(|(kind, bytes)| Value::Ext(kind, bytes)),
        ];
        leaf.prop_recursive(4, 64, 20, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..20).prop_map(Value::Array),
                proptest::collection::vec((inner.clone(), inner), 0..20).prop_map(Value::Map),
            ]
        })
    }

    fn bytes(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        rmpv::encode::write_value(&mut bytes, value).unwrap();
        bytes
    }

    proptest! {
        #[test]
        #[cfg_attr(debug_assertions, ignore = "slow without optimisation; cargo test --release runs it")]
        fn every_value_passes_and_no_part_of_it_does(value in any_value(), cut in 0.0..1.0_f64) {
            let mut bytes = bytes(&value);
            prop_assert_eq!(scan(&bytes, DOCUMENT), Ok(()));
            let length = (bytes.len() as f64 * cut) as usize;
            prop_assert!(scan(&bytes[..length], DOCUMENT).is_err());
            bytes.push(0xc0);
            prop_assert_eq!(scan(&bytes, DOCUMENT), Err("1 bytes follow its end".into()));
        }

        #[test]
        fn what_passes_can_be_decoded_up_to_text_that_is_no_utf8(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let decoded = rmpv::decode::read_value(&mut bytes.as_slice()).is_ok();
            prop_assert!(decoded || scan(&bytes, DOCUMENT).is_err());
        }
    }

    #[test]
    fn claims_beyond_the_bytes_are_refused() {
        for claim in [
            b"\xdd\xff\xff\xff\xff".as_slice(),
            b"\xdf\xff\xff\xff\xff\xc0\xc0",
            b"\xc9\xff\xff\xff\xff\x01abc",
            b"\xc6\xff\xff\xff\xffabc",
            b"\xc1",
        ] {
            assert!(scan(claim, DOCUMENT).is_err(), "{claim:?}");
        }
        assert!(scan(&[0x91; 1_000_000], DOCUMENT).is_err());
        let many = [[0xdd, 0x00, 0x0f, 0xff, 0xff].as_slice(), &[0xc0; 0xf_ffff]].concat();
        assert!(scan(&many, DOCUMENT).is_err());
    }
}
