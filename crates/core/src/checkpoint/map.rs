//! Entries of msgpack maps with text as keys.

use rmpv::Value;

pub fn get<'a>(map: &'a Value, key: &str) -> Option<&'a Value> {
    map.as_map()?
        .iter()
        .find(|(name, _)| name.as_str() == Some(key))
        .map(|(_, value)| value)
}

/// Sets `key`, at its old place or at the end.
pub fn put(map: &mut Value, key: &str, value: Value) {
    if !map.is_map() {
        *map = Value::Map(Vec::new());
    }
    if let Value::Map(entries) = map {
        match entries.iter_mut().find(|(name, _)| name.as_str() == Some(key)) {
            Some((_, old)) => *old = value,
            None => entries.push((key.into(), value)),
        }
    }
}
