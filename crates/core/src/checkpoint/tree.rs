//! Nested msgpack maps ⇄ named tensors.

use std::collections::{BTreeMap, BTreeSet};

use rmpv::Value;

use crate::model::parameters::{Parameters, Tensor};

use super::array;
use super::map::put;

/// Deepest nesting of parameters: the moments repeat it some levels further down.
const DEPTH: usize = 32;

/// All arrays below the map `value` by path. What is no array and stands under another name than a parameter's is left
/// out, as is what has no name or one with a slash. Problems are told one by one.
pub fn tensors(value: &Value) -> Result<Parameters, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    match value.as_map() {
        Some(entries) if !array::is_chunked(value) => collect(entries, &[], &mut found, &mut problems),
        _ => problems.push("not a map of parameters".into()),
    }
    if problems.is_empty() {
        Ok(Parameters(found))
    } else {
        Err(problems)
    }
}

fn collect<'a>(
    entries: &'a [(Value, Value)],
    above: &[&'a str],
    found: &mut BTreeMap<String, Tensor>,
    problems: &mut Vec<String>,
) {
    let mut names = BTreeSet::new();
    for (name, child) in entries {
        let Some(name) = name
            .as_str()
            .filter(|name| !name.is_empty() && !name.contains('/'))
        else {
            continue;
        };
        let names_above = [above, &[name]].concat();
        let path = names_above.join("/");
        if !names.insert(name) {
            problems.push(format!("{path}: stands there twice"));
        } else if let (Some(entries), false) = (child.as_map(), array::is_chunked(child)) {
            if names_above.len() == DEPTH {
                problems.push(format!("{path}: nested more than {DEPTH} levels deep"));
            } else {
                collect(entries, &names_above, found, problems);
            }
        } else {
            match array::decode(child) {
                Ok(tensor) => {
                    found.insert(path, tensor);
                }
                Err(problem) if ["kernel", "bias"].contains(&name) => {
                    problems.push(format!("{path}: {problem}"));
                }
                Err(_) => {}
            }
        }
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
    use super::super::arbitrary::any_parameters;
    use super::super::map::get;
    use super::*;
    use proptest::prelude::*;

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
