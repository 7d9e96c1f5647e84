//! Flax's array encoding: msgpack extension type 1 holding the msgpack of (shape, dtype name, little-endian bytes in
//! C order); a numpy scalar is extension type 3; arrays above 2^30 bytes are cut into flat chunks
//! (`flax/serialization.py`: `_ndarray_to_bytes`, `_chunk`).

use rmpv::{Value, ValueRef};

use crate::model::parameters::Tensor;

use super::map::get;
use super::number::{integer, numbers};
use super::scan::{ARRAY, scan};

const EXT_ARRAY: i8 = 1;
const EXT_SCALAR: i8 = 3;
const CHUNKED: &str = "__msgpack_chunked_array__";

/// Bytes from which on Flax cuts an array into chunks.
const CHUNK_BYTES: usize = 1 << 30;

/// Whether this map is an array in chunks.
pub fn is_chunked(value: &Value) -> bool {
    get(value, CHUNKED).is_some()
}

/// Decodes an array of any numeric dtype, or a plain number; the text says what is wrong with it.
pub fn decode(value: &Value) -> Result<Tensor, String> {
    let number = |number: f64| Tensor {
        shape: Vec::new(),
        data: vec![number as f32],
    };
    match value {
        Value::Ext(EXT_ARRAY | EXT_SCALAR, bytes) => {
            let (shape, dtype, raw) = parts(bytes)?;
            fit(shape, numbers(&dtype, &raw)?)
        }
        Value::Map(_) if is_chunked(value) => decode_chunks(value),
        Value::Integer(_) | Value::F32(_) | Value::F64(_) => {
            Ok(number(value.as_f64().ok_or("not a number")?))
        }
        _ => Err("not an array".into()),
    }
}

/// An exact integer of any width, plain or as an array of one element: `step` and `count`.
pub fn decode_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => number.as_i64(),
        Value::Ext(EXT_ARRAY | EXT_SCALAR, bytes) => {
            let (_, dtype, raw) = parts(bytes).ok()?;
            integer(&dtype, &raw)
        }
        _ => None,
    }
}

/// A counter after so many more steps, in its own encoding; `None`: it is none.
pub fn advanced(value: &Value, steps: i64) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::from(number.as_i64()?.checked_add(steps)?)),
        Value::Ext(kind @ (EXT_ARRAY | EXT_SCALAR), bytes) => {
            let (shape, dtype, raw) = parts(bytes).ok()?;
            let later = integer(&dtype, &raw)?.checked_add(steps)?;
            let raw = match dtype.as_str() {
                "int32" => i32::try_from(later).ok()?.to_le_bytes().to_vec(),
                "int64" => later.to_le_bytes().to_vec(),
                _ => return None,
            };
            match (shape.is_empty(), encode_parts(&shape, &dtype, raw)) {
                (true, Value::Ext(_, bytes)) => Some(Value::Ext(*kind, bytes)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn parts(bytes: &[u8]) -> Result<(Vec<usize>, String, Vec<u8>), String> {
    scan(bytes, ARRAY).map_err(|problem| format!("broken array: {problem}"))?;
    let mut rest = bytes;
    let value = rmpv::decode::read_value_ref(&mut rest).map_err(|error| format!("broken array: {error}"))?;
    let ValueRef::Array(parts) = value else {
        return Err("broken array".into());
    };
    let [
        ValueRef::Array(shape),
        ValueRef::String(dtype),
        ValueRef::Binary(raw),
    ] = &parts[..]
    else {
        return Err("broken array".into());
    };
    let shape = shape
        .iter()
        .map(|length| usize::try_from(length.as_u64()?).ok())
        .collect::<Option<_>>()
        .ok_or("broken shape")?;
    let dtype = dtype.as_str().ok_or("broken dtype")?;
    Ok((shape, dtype.to_owned(), raw.to_vec()))
}

fn fit(shape: Vec<usize>, data: Vec<f32>) -> Result<Tensor, String> {
    let count = shape
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length));
    if count == Some(data.len()) {
        Ok(Tensor { shape, data })
    } else {
        Err(format!("shape {shape:?} does not fit {} numbers", data.len()))
    }
}

fn decode_chunks(value: &Value) -> Result<Tensor, String> {
    let items = |name: &str| get(value, name).and_then(ordered).ok_or("broken chunked array");
    let shape = items("shape")?
        .iter()
        .map(|length| usize::try_from(decode_integer(length)?).ok())
        .collect::<Option<_>>()
        .ok_or("broken shape")?;
    let mut data = Vec::new();
    for chunk in items("chunks")? {
        if is_chunked(chunk) {
            return Err("broken chunked array".into());
        }
        data.extend(decode(chunk)?.data);
    }
    fit(shape, data)
}

/// A Python tuple or list, which Flax turns into a map from "0", "1", … .
fn ordered(value: &Value) -> Option<Vec<&Value>> {
    if let Value::Array(items) = value {
        return Some(items.iter().collect());
    }
    let mut items: Vec<(usize, &Value)> = value
        .as_map()?
        .iter()
        .map(|(key, value)| Some((key.as_str()?.parse().ok()?, value)))
        .collect::<Option<_>>()?;
    items.sort_by_key(|(index, _)| *index);
    Some(items.into_iter().map(|(_, value)| value).collect())
}

/// A float32 array as Flax would write it.
pub fn encode(tensor: &Tensor) -> Value {
    encode_in_chunks(tensor, CHUNK_BYTES)
}

fn encode_in_chunks(tensor: &Tensor, chunk_bytes: usize) -> Value {
    let raw = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    let width = size_of::<f32>();
    if tensor.data.len() * width <= chunk_bytes {
        return encode_parts(&tensor.shape, "float32", raw(&tensor.data));
    }
    let map = |items: Vec<Value>| {
        let entries = items.into_iter().enumerate();
        Value::Map(
            entries
                .map(|(index, item)| (index.to_string().into(), item))
                .collect(),
        )
    };
    let shape = tensor.shape.iter().map(|&length| Value::from(length)).collect();
    let chunks = tensor.data.chunks((chunk_bytes / width).max(1));
    let chunks = chunks
        .map(|chunk| encode_parts(&[chunk.len()], "float32", raw(chunk)))
        .collect();
    Value::Map(vec![
        (CHUNKED.into(), true.into()),
        ("shape".into(), map(shape)),
        ("chunks".into(), map(chunks)),
    ])
}

/// A 0-d int32 array, as JAX leaves counters.
pub fn encode_int32(number: i32) -> Value {
    encode_parts(&[], "int32", number.to_le_bytes().to_vec())
}

fn encode_parts(shape: &[usize], dtype: &str, raw: Vec<u8>) -> Value {
    let shape = shape.iter().map(|&length| Value::from(length)).collect();
    let parts = Value::Array(vec![Value::Array(shape), Value::from(dtype), Value::Binary(raw)]);
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = rmpv::encode::write_value(&mut bytes, &parts);
    Value::Ext(EXT_ARRAY, bytes)
}

#[cfg(test)]
mod tests {
    use super::super::arbitrary::any_tensor;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_array_is_read_as_written_however_it_is_cut(tensor in any_tensor(), chunk_bytes in 0_usize..300) {
            prop_assert_eq!(decode(&encode_in_chunks(&tensor, chunk_bytes)), Ok(tensor));
        }

        #[test]
        fn counters_are_read_as_written(count in any::<i32>()) {
            prop_assert_eq!(decode_integer(&encode_int32(count)), Some(count.into()));
            prop_assert_eq!(decode_integer(&Value::from(count)), Some(count.into()));
        }
    }

    #[test]
    fn a_shape_beyond_the_numbers_is_refused() {
        for shape in [
            vec![1 << 60],
            vec![1 << 32, 1 << 32],
            vec![0, 1 << 60, 1 << 60],
            vec![3],
        ] {
            let value = encode_parts(&shape, "float32", vec![0; 16]);
            assert!(decode(&value).is_err(), "{shape:?}");
        }
        assert!(decode(&encode_parts(&[1], "float32", vec![0; 5])).is_err());
        assert!(decode(&encode_parts(&[1], "complex64", vec![0; 8])).is_err());
        assert!(decode(&Value::Ext(1, vec![0xdd, 0xff, 0xff, 0xff, 0xff])).is_err());
    }
}
