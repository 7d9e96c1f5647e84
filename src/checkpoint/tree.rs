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

/// All arrays below `value` by path. What is no array and stands under another name than a parameter's is left out.
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
    if let (Some(entries), false) = (value.as_map(), array::is_chunked(value)) {
        for (name, child) in entries {
            let Some(name) = name.as_str() else {
                continue;
            };
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
            if found.insert(path.to_owned(), tensor).is_some() {
                problems.push(format!("{path}: stands there twice"));
            }
        }
        Err(problem) if path.ends_with("/kernel") || path.ends_with("/bias") => {
            problems.push(format!("{path}: {problem}"));
        }
        Err(_) => {}
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Trees of maps with arrays as leaves; no name is a prefix of another entry's path.
    fn any_parameters() -> impl Strategy<Value = Parameters> {
        let tensor = proptest::collection::vec(0_usize..4, 0..4).prop_flat_map(|shape| {
            let data = proptest::collection::vec(-1e30..1e30_f32, shape.iter().product::<usize>());
            data.prop_map(move |data| Tensor {
                shape: shape.clone(),
                data,
            })
        });
        let path = proptest::collection::vec("[a-zé_]{1,3}", 1..4)
            .prop_map(|names| format!("{}/{}", names.join("/"), names.len()));
        proptest::collection::btree_map(path, tensor, 0..12).prop_map(Parameters)
    }

    fn tree(parameters: &Parameters) -> Value {
        let mut value = Value::Map(Vec::new());
        merge(&mut value, parameters);
        value
    }

    proptest! {
        #[test]
        fn a_tree_is_read_as_written(parameters in any_parameters()) {
            prop_assert_eq!(tensors(&tree(&parameters)), Ok(parameters));
        }

        #[test]
        fn what_a_change_does_not_name_stays(old in any_parameters(), new in any_parameters()) {
            let mut value = tree(&old);
            put(&mut value, "note", "kept".into());
            merge(&mut value, &new);
            let mut expected = old.clone();
            expected.0.extend(new.0);
            prop_assert_eq!(tensors(&value), Ok(expected));
            prop_assert_eq!(get(&value, "note"), Some(&Value::from("kept")));
        }
    }
}
