//! Where Optax keeps Adam's moments: the nesting follows the chain of transformations.
//!
//! With clipping the chain is (clip, adam), else it is adam alone; adamw is (adam, masked decay, scale), adam
//! (adam, scale). Each link is a map entry "0", "1", …, and a link without state is an empty map. A chain of one link
//! around adam, or one chain of all links, is read and written back as it is.
//!
//! Everything else is another optimizer's: SGD, Lion, schedules, `inject_hyperparams`, `MultiSteps`. Its tree is carried on
//! as it is, so that its own template takes it again; counters of steps go on, and so do Adam's moments where it holds them.

use rmpv::Value;

use crate::model::parameters::{Moments, Parameters};

use super::array;
use super::map::{get, put};
use super::state::OptimizerLayout;
use super::tree::{merge, tensors};

/// Deepest nesting of chains.
const CHAINS: usize = 8;

/// What counts optimizer steps (`optax/_src/transform.py`, `schedule.py`, `wrappers.py`).
const COUNTERS: [&str; 2] = ["count", "gradient_step"];

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

/// The layout of a plain chain around Adam: a link before Adam clips, two after it decay and scale. `None`: it is another
/// optimizer's.
pub fn layout(state: &Value) -> Option<OptimizerLayout> {
    if !is_plain(state) {
        return None;
    }
    let path = path_to_adam(state)?;
    let own_chain = at(state, path.split_last()?.1)?;
    let place = path.last()?.parse::<usize>().ok()?;
    let after = own_chain.as_map()?.len().checked_sub(place + 1)?;
    Some(OptimizerLayout {
        clip: path.iter().any(|link| link != "0"),
        decay: after >= 2,
    })
}

/// Whether nothing but Adam has a state in it.
fn is_plain(state: &Value) -> bool {
    let Some(entries) = state.as_map() else {
        return false;
    };
    if is_adam(state) {
        return entries.len() == 3;
    }
    entries.iter().all(|(name, link)| {
        let is_link = name
            .as_str()
            .is_some_and(|name| name == "inner_state" || name.parse::<usize>().is_ok());
        is_link && is_plain(link)
    })
}

fn is_adam(value: &Value) -> bool {
    let has = |name: &&str| get(value, name).is_some();
    ["count", "mu", "nu"].iter().all(has)
}

/// Another optimizer's state after so many more steps: counters go on, Adam's moments are put where it has some, and all
/// else stays as it is.
pub fn carry(old: &Value, moments: Option<&Moments>, steps: i64) -> Value {
    let mut state = old.clone();
    advance(&mut state, steps, 0);
    if let (Some(moments), Some(path)) = (moments, path_to_adam(old)) {
        let mut adam = at(&state, &path).cloned().unwrap_or(Value::Nil);
        for (name, parameters) in [("mu", &moments.mu), ("nu", &moments.nu)] {
            let mut tree = get(&adam, name).cloned().unwrap_or(Value::Nil);
            // It may be one of several, each with its share of the parameters.
            let own = tensors(&tree).unwrap_or_default();
            let mut moved = parameters.clone();
            moved.0.retain(|path, tensor| {
                let old = own.0.get(path);
                old.is_some_and(|old| old.shape == tensor.shape)
            });
            merge(&mut tree, &moved);
            put(&mut adam, name, tree);
        }
        put_at(&mut state, &path, adam);
    }
    state
}

fn advance(value: &mut Value, steps: i64, depth: usize) {
    if steps == 0 || depth > CHAINS {
        return;
    }
    if let Value::Map(entries) = value {
        for (name, child) in entries {
            let counts = name.as_str().is_some_and(|name| COUNTERS.contains(&name));
            match array::advanced(child, steps) {
                Some(later) if counts => *child = later,
                _ => advance(child, steps, depth + 1),
            }
        }
    }
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
        if is_adam(value) {
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

    #[test]
    fn another_optimizers_state_is_carried_on_and_its_counters_advance() {
        let nothing = || map(Vec::new());
        let sgd = map(vec![("0", nothing()), ("1", nothing())]);
        let trace = |count: i32| {
            map(vec![
                ("0", map(vec![("trace", nothing())])),
                ("1", map(vec![("count", array::encode_int32(count))])),
            ])
        };
        let injected = |count: i64| {
            let mut adam = adam();
            put(&mut adam, "count", (count - 4).into());
            map(vec![
                ("count", count.into()),
                ("hyperparams", map(vec![("learning_rate", 0.5.into())])),
                ("inner_state", map(vec![("0", adam), ("1", nothing())])),
            ])
        };
        let several = |count: i64| {
            map(vec![
                ("mini_step", 1.into()),
                ("gradient_step", count.into()),
                ("inner_opt_state", trace(count as i32)),
                ("acc_grads", map(vec![("count", map(vec![("kernel", 1.into())]))])),
            ])
        };
        let cases = [
            (sgd.clone(), sgd),
            (trace(7), trace(10)),
            (injected(7), injected(10)),
            (several(7), several(10)),
            (nothing(), nothing()),
        ];
        let moments = fresh(&Parameters::default());
        for (before, after) in cases {
            assert_eq!(layout(&before), None, "{before}");
            assert_eq!(carry(&before, Some(&moments), 3), after);
            assert_eq!(carry(&before, None, 0), before);
        }
    }
}
