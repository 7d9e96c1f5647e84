//! Flax's array encoding: msgpack extension type 1 holding the msgpack of (shape, dtype name, little-endian bytes in
//! C order); a numpy scalar is extension type 3 (`flax/serialization.py`, `_ndarray_to_bytes`).

use rmpv::Value;

use super::Tensor;

const EXT_ARRAY: i8 = 1;
const EXT_SCALAR: i8 = 3;

/// Decodes an array of any numeric dtype; the text says what is wrong with it.
pub fn decode(value: &Value) -> Result<Tensor, String> {
    match value {
        Value::Ext(EXT_ARRAY | EXT_SCALAR, bytes) => decode_bytes(bytes),
        Value::Map(entries) => decode_chunks(entries),
        Value::Integer(number) => {
            let number = number.as_f64().ok_or("not a number")?;
            Ok(Tensor {
                shape: Vec::new(),
                data: vec![number as f32],
            })
        }
        Value::F32(number) => Ok(Tensor {
            shape: Vec::new(),
            data: vec![*number],
        }),
        Value::F64(number) => Ok(Tensor {
            shape: Vec::new(),
            data: vec![*number as f32],
        }),
        _ => Err("not an array".into()),
    }
}

fn decode_bytes(bytes: &[u8]) -> Result<Tensor, String> {
    let mut rest = bytes;
    let value = rmpv::decode::read_value_ref(&mut rest).map_err(|error| format!("broken array ({error})"))?;
    let rmpv::ValueRef::Array(parts) = value else {
        return Err("broken array".into());
    };
    let [
        rmpv::ValueRef::Array(shape),
        rmpv::ValueRef::String(dtype),
        rmpv::ValueRef::Binary(raw),
    ] = &parts[..]
    else {
        return Err("broken array".into());
    };
    let shape: Vec<usize> = shape
        .iter()
        .map(|length| length.as_u64().and_then(|length| usize::try_from(length).ok()))
        .collect::<Option<_>>()
        .ok_or("broken shape")?;
    let dtype = dtype.as_str().ok_or("broken dtype")?;
    let data = numbers(dtype, raw)?;
    let count = shape
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length));
    if count != Some(data.len()) {
        return Err(format!("shape {shape:?} does not fit {} numbers", data.len()));
    }
    Ok(Tensor { shape, data })
}

/// Arrays of 2^30 bytes and more are cut into flat chunks (`_chunk`).
fn decode_chunks(entries: &[(Value, Value)]) -> Result<Tensor, String> {
    let get = |name: &str| {
        entries
            .iter()
            .find(|(key, _)| key.as_str() == Some(name))
            .map(|(_, value)| value)
    };
    if get("__msgpack_chunked_array__").is_none() {
        return Err("not an array".into());
    }
    // A Python tuple and list reach us as a map from "0", "1", … .
    let ordered = |value: &Value| -> Option<Vec<Value>> {
        match value {
            Value::Array(items) => Some(items.clone()),
            Value::Map(entries) => {
                let mut items: Vec<(usize, Value)> = entries
                    .iter()
                    .map(|(key, value)| Some((key.as_str()?.parse().ok()?, value.clone())))
                    .collect::<Option<_>>()?;
                items.sort_by_key(|(index, _)| *index);
                Some(items.into_iter().map(|(_, value)| value).collect())
            }
            _ => None,
        }
    };
    let shape: Vec<usize> = get("shape")
        .and_then(ordered)
        .and_then(|items| {
            items
                .iter()
                .map(|item| usize::try_from(item.as_u64()?).ok())
                .collect()
        })
        .ok_or("broken chunked array")?;
    let mut data = Vec::new();
    for chunk in get("chunks").and_then(ordered).ok_or("broken chunked array")? {
        data.extend(decode(&chunk)?.data);
    }
    if shape
        .iter()
        .try_fold(1_usize, |product, &length| product.checked_mul(length))
        != Some(data.len())
    {
        return Err(format!("shape {shape:?} does not fit {} numbers", data.len()));
    }
    Ok(Tensor { shape, data })
}

fn numbers(dtype: &str, raw: &[u8]) -> Result<Vec<f32>, String> {
    fn each<const N: usize>(raw: &[u8], convert: impl Fn([u8; N]) -> f32) -> Result<Vec<f32>, String> {
        let (items, rest) = raw.as_chunks::<N>();
        if !rest.is_empty() {
            return Err("its bytes are cut off".into());
        }
        Ok(items.iter().map(|&item| convert(item)).collect())
    }
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

/// An exact integer of any width, for `step` and `count`.
pub fn decode_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Integer(number) => number.as_i64(),
        Value::Ext(EXT_ARRAY | EXT_SCALAR, bytes) => {
            let parts = rmpv::decode::read_value(&mut bytes.as_slice()).ok()?;
            let parts = parts.as_array()?;
            let raw = parts.get(2)?.as_slice()?;
            match parts.get(1)?.as_str()? {
                "int32" => Some(i32::from_le_bytes(raw.try_into().ok()?).into()),
                "uint32" => Some(u32::from_le_bytes(raw.try_into().ok()?).into()),
                "int64" => Some(i64::from_le_bytes(raw.try_into().ok()?)),
                _ => None,
            }
        }
        _ => None,
    }
}

pub fn encode(tensor: &Tensor) -> Value {
    let raw = tensor
        .data
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    encode_parts(&tensor.shape, "float32", raw)
}

/// A 0-d int32 array, as JAX leaves counters.
pub fn encode_int32(number: i32) -> Value {
    encode_parts(&[], "int32", number.to_le_bytes().to_vec())
}

fn encode_parts(shape: &[usize], dtype: &str, raw: Vec<u8>) -> Value {
    let shape = shape.iter().map(|&length| Value::from(length as u64)).collect();
    let parts = Value::Array(vec![Value::Array(shape), Value::from(dtype), Value::Binary(raw)]);
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = rmpv::encode::write_value(&mut bytes, &parts);
    Value::Ext(EXT_ARRAY, bytes)
}
