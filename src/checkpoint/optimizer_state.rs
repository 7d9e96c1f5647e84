//! Where Optax keeps Adam's moments: the nesting follows the chain of transformations.
//!
//! With clipping the chain is (clip, adam), else it is adam alone; adamw is (adam, masked decay, scale), adam
//! (adam, scale). Each link is a map entry "0", "1", …, and a link without state is an empty map.

use rmpv::Value;

use super::tree::{get, merge, put, tensors};
use super::{Moments, OptimizerLayout, Parameters, array};

/// Finds the moments in any of the layouts. `Ok(None)`: there are none, or an optimizer that we do not know.
pub fn moments(state: &Value) -> Result<Option<Moments>, Vec<String>> {
    let Some(adam) = find(state, 0) else {
        return Ok(None);
    };
    let (Some(count), Some(mu), Some(nu)) = (get(adam, "count"), get(adam, "mu"), get(adam, "nu")) else {
        return Ok(None);
    };
    let count = array::decode_integer(count).and_then(|count| i32::try_from(count).ok());
    let count = count.ok_or_else(|| vec!["opt_state: count is not an int32".to_owned()])?;
    Ok(Some(Moments {
        count,
        mu: tensors(mu)?,
        nu: tensors(nu)?,
    }))
}

fn find(value: &Value, depth: usize) -> Option<&Value> {
    if get(value, "mu").is_some() && get(value, "nu").is_some() {
        return Some(value);
    }
    if depth > 4 {
        return None;
    }
    value
        .as_map()?
        .iter()
        .find_map(|(_, child)| find(child, depth + 1))
}

/// The `opt_state` of this layout; what `old` has of it keeps its order and unknown entries.
pub fn write(old: Option<&Value>, layout: OptimizerLayout, moments: &Moments) -> Value {
    let mut state = empty(layout);
    let path: &[&str] = if layout.clip { &["1", "0"] } else { &["0"] };
    let known = old.filter(|old| same_links(old, &state));
    if let Some(old) = known {
        state = old.clone();
    }
    let mut adam = path
        .iter()
        .try_fold(&state, |value, key| get(value, key))
        .cloned();
    let adam = adam.get_or_insert_with(|| Value::Map(Vec::new()));
    if get(adam, "count").and_then(array::decode_integer) != Some(moments.count.into()) {
        put(adam, "count", array::encode_int32(moments.count));
    }
    for (name, parameters) in [("mu", &moments.mu), ("nu", &moments.nu)] {
        let mut tree = get(adam, name).cloned().unwrap_or_else(|| Value::Map(Vec::new()));
        merge(&mut tree, parameters);
        put(adam, name, tree);
    }
    let adam = adam.clone();
    if layout.clip {
        let mut inner = get(&state, "1").cloned().unwrap_or(Value::Map(Vec::new()));
        put(&mut inner, "0", adam);
        put(&mut state, "1", inner);
    } else {
        put(&mut state, "0", adam);
    }
    state
}

fn empty(layout: OptimizerLayout) -> Value {
    let nothing = || Value::Map(Vec::new());
    let chain = |links: Vec<Value>| {
        Value::Map(
            links
                .into_iter()
                .enumerate()
                .map(|(i, link)| (i.to_string().into(), link))
                .collect(),
        )
    };
    let masked = || Value::Map(vec![("inner_state".into(), nothing())]);
    let adam = if layout.decay {
        chain(vec![nothing(), masked(), nothing()])
    } else {
        chain(vec![nothing(), nothing()])
    };
    if layout.clip {
        chain(vec![nothing(), adam])
    } else {
        adam
    }
}

/// Whether `old` has the same chain, so that it can be written in place.
fn same_links(old: &Value, new: &Value) -> bool {
    let adam = |value: &Value| get(value, "mu").is_some();
    match (old.as_map(), new.as_map().map(Vec::as_slice)) {
        (Some(_), Some([])) if adam(old) => true,
        (Some(a), Some(b)) => {
            a.len() == b.len()
                && b.iter().all(|(key, link)| {
                    key.as_str()
                        .and_then(|key| get(old, key))
                        .is_some_and(|old| same_links(old, link))
                })
        }
        _ => false,
    }
}

/// Moments of an optimizer that has taken no step.
pub fn fresh(params: &Parameters) -> Moments {
    let zeros = || {
        let mut zeros = params.clone();
        for tensor in zeros.0.values_mut() {
            tensor.data.fill(0.0);
        }
        zeros
    };
    Moments {
        count: 0,
        mu: zeros(),
        nu: zeros(),
    }
}
