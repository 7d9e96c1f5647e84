//! Nested msgpack maps ⇄ named tensors.

use std::collections::BTreeMap;

use rmpv::Value;

use super::array;
use super::{Parameters, Tensor};

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

/// All arrays below `value` by path; what is no array is left out unless it stands where a kernel or bias does.
/// Problems are told one by one.
pub fn tensors(value: &Value) -> Result<Parameters, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    collect(value, "", &mut found, &mut problems);
    if problems.is_empty() {
        Ok(Parameters(found))
    } else {
        Err(problems)
    }
}

fn collect(value: &Value, path: &str, found: &mut BTreeMap<String, Tensor>, problems: &mut Vec<String>) {
    let chunked = get(value, "__msgpack_chunked_array__").is_some();
    if let (Some(entries), false) = (value.as_map(), chunked) {
        for (name, child) in entries {
            let name = name.as_str().unwrap_or("?");
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            };
            collect(child, &path, found, problems);
        }
        return;
    }
    match array::decode(value) {
        Ok(tensor) => {
            found.insert(path.to_owned(), tensor);
        }
        Err(problem) => problems.push(format!("{path}: {problem}")),
    }
}

/// Writes `parameters` into the nested maps; an array whose numbers have not changed keeps its bytes and dtype, and
/// entries that `parameters` does not name stay.
pub fn merge(map: &mut Value, parameters: &Parameters) {
    for (path, tensor) in &parameters.0 {
        set(map, path, tensor);
    }
}

fn set(map: &mut Value, path: &str, tensor: &Tensor) {
    let (name, rest) = path
        .split_once('/')
        .map_or((path, None), |(name, rest)| (name, Some(rest)));
    let mut child = match map {
        Value::Map(entries) => entries
            .iter_mut()
            .find(|(key, _)| key.as_str() == Some(name))
            .map(|(_, value)| std::mem::replace(value, Value::Nil)),
        _ => None,
    };
    let value = match rest {
        Some(rest) => {
            let mut child = child.take().unwrap_or_else(|| Value::Map(Vec::new()));
            set(&mut child, rest, tensor);
            child
        }
        None => match child {
            Some(old) if array::decode(&old).is_ok_and(|old| same(&old, tensor)) => old,
            _ => array::encode(tensor),
        },
    };
    put(map, name, value);
}

fn same(a: &Tensor, b: &Tensor) -> bool {
    a.shape == b.shape
        && a.data
            .iter()
            .map(|x| x.to_bits())
            .eq(b.data.iter().map(|x| x.to_bits()))
}
