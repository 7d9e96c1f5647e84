//! Where Optax keeps Adam's moments: the nesting follows the chain of transformations.
//!
//! With clipping the chain is (clip, adam), else it is adam alone; adamw is (adam, masked decay, scale), adam
//! (adam, scale). Each link is a map entry "0", "1", …, and a link without state is an empty map. A chain of one link
//! around adam, or one chain of all links, is read and written back as it is.

use rmpv::Value;

use super::tree::{get, merge, put, tensors};
use super::{Moments, OptimizerLayout, Parameters, array};

/// Deepest nesting of chains.
const CHAINS: usize = 4;

/// Finds the moments in any of the layouts. `Ok(None)`: there are none, or an optimizer that we do not know.
pub fn moments(state: &Value) -> Result<Option<Moments>, Vec<String>> {
    let Some(adam) = path_to_adam(state).and_then(|path| at(state, &path)) else {
        return Ok(None);
    };
    let prefixed = |name: &str| {
        let tree = get(adam, name).unwrap_or(&Value::Nil);
        tensors(tree).map_err(|problems| {
            let told = problems
                .iter()
                .map(|problem| format!("opt_state/{name}/{problem}"));
            told.collect::<Vec<_>>()
        })
    };
    let count = get(adam, "count")
        .and_then(array::decode_integer)
        .and_then(|count| i32::try_from(count).ok())
        .filter(|&count| count >= 0)
        .ok_or_else(|| vec!["opt_state/count: not a number of steps".to_owned()])?;
    Ok(Some(Moments {
        count,
        mu: prefixed("mu")?,
        nu: prefixed("nu")?,
    }))
}

/// The layout of a state that holds Adam's moments: a link before Adam clips, two after it decay and scale.
pub fn layout(state: &Value) -> Option<OptimizerLayout> {
    let path = path_to_adam(state)?;
    let own_chain = at(state, path.split_last()?.1)?;
    let place = path.last()?.parse::<usize>().ok()?;
    let after = own_chain.as_map()?.len().checked_sub(place + 1)?;
    Some(OptimizerLayout {
        clip: path.iter().any(|link| link != "0"),
        decay: after >= 2,
    })
}

/// The `opt_state` of this layout; an `old` one of the same layout keeps its nesting, order and unknown entries.
pub fn write(old: Option<&Value>, wanted: OptimizerLayout, moments: &Moments) -> Value {
    let known = old.filter(|old| layout(old) == Some(wanted));
    let mut state = known.cloned().unwrap_or_else(|| empty(wanted));
    let path = known.and_then(path_to_adam).unwrap_or_else(|| {
        let links: &[&str] = if wanted.clip { &["1", "0"] } else { &["0"] };
        links.iter().map(|&link| link.to_owned()).collect()
    });
    let mut adam = at(&state, &path).cloned().unwrap_or(Value::Nil);
    if get(&adam, "count").and_then(array::decode_integer) != Some(moments.count.into()) {
        put(&mut adam, "count", array::encode_int32(moments.count));
    }
    for (name, parameters) in [("mu", &moments.mu), ("nu", &moments.nu)] {
        let mut tree = get(&adam, name)
            .cloned()
            .unwrap_or_else(|| Value::Map(Vec::new()));
        merge(&mut tree, parameters);
        put(&mut adam, name, tree);
    }
    put_at(&mut state, &path, adam);
    state
}

fn path_to_adam(state: &Value) -> Option<Vec<String>> {
    fn walk(value: &Value, path: &mut Vec<String>) -> bool {
        if ["count", "mu", "nu"]
            .iter()
            .all(|name| get(value, name).is_some())
        {
            return true;
        }
        if path.len() == CHAINS {
            return false;
        }
        value.as_map().is_some_and(|links| {
            links.iter().any(|(name, link)| {
                let Some(name) = name.as_str() else {
                    return false;
                };
                path.push(name.to_owned());
                let found = walk(link, path);
                if !found {
                    path.pop();
                }
                found
            })
        })
    }
    let mut path = Vec::new();
    walk(state, &mut path).then_some(path)
}

fn at<'a>(state: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(state, |value, link| get(value, link))
}

fn put_at(state: &mut Value, path: &[String], value: Value) {
    match path.split_first() {
        None => *state = value,
        Some((link, rest)) => {
            let mut child = get(state, link).cloned().unwrap_or(Value::Nil);
            put_at(&mut child, rest, value);
            put(state, link, child);
        }
    }
}

fn empty(layout: OptimizerLayout) -> Value {
    let nothing = || Value::Map(Vec::new());
    let chain = |links: Vec<Value>| {
        let named = links.into_iter().enumerate();
        Value::Map(named.map(|(i, link)| (i.to_string().into(), link)).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: Vec<(&str, Value)>) -> Value {
        let entries = entries.into_iter();
        Value::Map(entries.map(|(name, value)| (name.into(), value)).collect())
    }

    fn adam() -> Value {
        let nothing = || map(Vec::new());
        map(vec![("count", 3.into()), ("mu", nothing()), ("nu", nothing())])
    }

    #[test]
    fn every_chain_is_known_and_keeps_its_nesting() {
        let nothing = || map(Vec::new());
        let decayed = || map(vec![("0", adam()), ("1", nothing()), ("2", nothing())]);
        let plain = || map(vec![("0", adam()), ("1", nothing())]);
        let flat = map(vec![
            ("0", nothing()),
            ("1", adam()),
            ("2", nothing()),
            ("3", nothing()),
        ]);
        let cases = [
            (map(vec![("0", nothing()), ("1", decayed())]), true, true),
            (map(vec![("0", nothing()), ("1", plain())]), true, false),
            (decayed(), false, true),
            (plain(), false, false),
            (map(vec![("0", plain())]), false, false),
            (map(vec![("0", decayed())]), false, true),
            (flat, true, true),
        ];
        let mut later = fresh(&Parameters::default());
        later.count = 3;
        for (state, clip, decay) in cases {
            let expected = OptimizerLayout { clip, decay };
            assert_eq!(layout(&state), Some(expected), "{state}");
            assert_eq!(write(Some(&state), expected, &later), state);
            let other = OptimizerLayout { clip: !clip, decay };
            assert_eq!(layout(&write(Some(&state), other, &later)), Some(other));
            assert_eq!(moments(&state), Ok(Some(later.clone())));
        }
        assert_eq!(layout(&nothing()), None);
    }
}
