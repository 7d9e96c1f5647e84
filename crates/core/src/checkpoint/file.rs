//! A checkpoint's bytes.

use std::path::Path;

use rmpv::Value;

use crate::input;

use super::error::CheckpointError;
use super::map::{get, put};
use super::scan::{DOCUMENT, scan};
use super::state::{Checkpoint, OptimizerLayout};
use super::tree::{merge, tensors};
use super::{array, optimizer_state};

/// Bytes of a file; the largest networks that can be trained here have a hundredth of it.
const LARGEST: u64 = 4 << 30;

/// Reads a checkpoint. It is not checked against an architecture yet.
///
/// # Errors
/// A file that cannot be read, is no checkpoint, or is damaged; it is refused before anything is built from it.
pub fn load(path: &Path) -> Result<Checkpoint, CheckpointError> {
    let bytes = input::read(path, LARGEST).map_err(|source| CheckpointError::Read {
        path: path.to_owned(),
        source,
    })?;
    decode(&bytes).map_err(|problems| CheckpointError::Broken {
        path: path.to_owned(),
        problem: problems.join("; "),
    })
}

/// Reads the bytes that [`encode`] and Flax's `to_bytes` write; says one by one what is wrong with them.
pub fn decode(bytes: &[u8]) -> Result<Checkpoint, Vec<String>> {
    scan(bytes, DOCUMENT).map_err(|problem| vec![problem])?;
    let mut rest = bytes;
    let document = rmpv::decode::read_value(&mut rest).map_err(|error| vec![error.to_string()])?;
    let params = get(&document, "params").ok_or_else(|| vec!["it has no params".to_owned()])?;
    let params = tensors(params)?;
    let moments = match get(&document, "opt_state") {
        // Another optimizer's state is carried on, whatever it holds.
        Some(state) if optimizer_state::layout(state).is_none() => {
            optimizer_state::moments(state).unwrap_or_default()
        }
        Some(state) => optimizer_state::moments(state)?,
        None => None,
    };
    let step = match get(&document, "step") {
        None => 0,
        Some(step) => array::decode_integer(step)
            .filter(|step| (0..=i32::MAX.into()).contains(step))
            .ok_or_else(|| vec!["step: not a number of steps".to_owned()])?,
    };
    Ok(Checkpoint {
        params,
        moments,
        step,
        document: Some(document),
    })
}

/// The bytes that a template of this layout in Python takes; what has not changed since the file was read keeps its
/// bytes.
pub fn encode(checkpoint: &Checkpoint, layout: OptimizerLayout) -> Vec<u8> {
    let mut document = checkpoint
        .document
        .clone()
        .unwrap_or_else(|| Value::Map(Vec::new()));
    let mut params = get(&document, "params")
        .cloned()
        .unwrap_or_else(|| Value::Map(Vec::new()));
    merge(&mut params, &checkpoint.params);
    put(&mut document, "params", params);
    let fresh;
    let moments = match &checkpoint.moments {
        Some(moments) => moments,
        None => {
            fresh = optimizer_state::fresh(&checkpoint.params);
            &fresh
        }
    };
    let state = match get(&document, "opt_state") {
        Some(old) if optimizer_state::layout(old).is_none() => {
            let before = get(&document, "step").and_then(array::decode_integer);
            let steps = checkpoint.step - before.unwrap_or_default();
            optimizer_state::carry(old, checkpoint.moments.as_ref(), steps)
        }
        old => optimizer_state::write(old, layout, moments),
    };
    put(&mut document, "opt_state", state);
    if get(&document, "step").and_then(array::decode_integer) != Some(checkpoint.step) {
        // JAX counts in int32; the plain 0 is what Flax writes before the first step.
        let step = match i32::try_from(checkpoint.step) {
            Ok(step) if step != 0 => array::encode_int32(step),
            _ => Value::from(checkpoint.step),
        };
        put(&mut document, "step", step);
    }
    let mut bytes = Vec::new();
    // Writing to memory does not fail.
    let _ = rmpv::encode::write_value(&mut bytes, &document);
    bytes
}

impl Checkpoint {
    /// The optimizer layout of the file that this came from; `None` for fresh weights and optimizers without moments.
    pub fn layout(&self) -> Option<OptimizerLayout> {
        optimizer_state::layout(get(self.document.as_ref()?, "opt_state")?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::arbitrary::any_parameters;
    use super::*;
    use crate::model::parameters::{Moments, Parameters};
    use proptest::prelude::*;

    fn any_checkpoint() -> impl Strategy<Value = Checkpoint> {
        let moments = (0..i32::MAX, any_parameters(), any_parameters());
        let moments = proptest::option::of(moments.prop_map(|(count, mu, nu)| Moments { count, mu, nu }));
        (any_parameters(), moments, 0..i64::from(i32::MAX)).prop_map(|(params, moments, step)| Checkpoint {
            params,
            moments,
            step,
            document: None,
        })
    }

    fn any_layout() -> impl Strategy<Value = OptimizerLayout> {
        (any::<bool>(), any::<bool>()).prop_map(|(clip, decay)| OptimizerLayout { clip, decay })
    }

    proptest! {
        #[test]
        fn a_checkpoint_is_read_as_written_and_written_as_read(
            checkpoint in any_checkpoint(),
            layout in any_layout(),
        ) {
            let bytes = encode(&checkpoint, layout);
            let read = decode(&bytes).unwrap();
            prop_assert_eq!(&read.params, &checkpoint.params);
            if checkpoint.moments.is_some() {
                prop_assert_eq!(&read.moments, &checkpoint.moments);
            }
            prop_assert_eq!(read.step, checkpoint.step);
            prop_assert_eq!(read.layout(), Some(layout));
            prop_assert_eq!(encode(&read, layout), bytes);
        }

        #[test]
        fn damage_is_refused_or_read_but_never_a_crash(
            checkpoint in any_checkpoint(),
            layout in any_layout(),
            damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let mut bytes = encode(&checkpoint, layout);
            for (at, byte) in damage {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(read) = decode(&bytes) {
                prop_assert!(decode(&encode(&read, layout)).is_ok());
            }
        }
    }

    #[test]
    fn what_cannot_be_a_state_is_told() {
        let broken = |entries: Vec<(&str, Value)>| {
            let entries = entries.into_iter().map(|(name, value)| (name.into(), value));
            let mut bytes = Vec::new();
            rmpv::encode::write_value(&mut bytes, &Value::Map(entries.collect())).unwrap();
            decode(&bytes).err()
        };
        let nothing = || Value::Map(Vec::new());
        let told = |text: &str| Some(vec![text.to_owned()]);
        assert_eq!(broken(vec![("step", 0.into())]), told("it has no params"));
        assert_eq!(
            broken(vec![("params", 3.into())]),
            told("not a map of parameters")
        );
        let late = vec![("params", nothing()), ("step", u64::MAX.into())];
        assert_eq!(broken(late), told("step: not a number of steps"));
        let mut twice = Parameters::default();
        let empty = crate::model::parameters::Tensor {
            shape: vec![0],
            data: Vec::new(),
        };
        twice.0.insert("kernel".into(), empty);
        let mut params = nothing();
        merge(&mut params, &twice);
        if let Value::Map(entries) = &mut params {
            entries.push(entries[0].clone());
        }
        assert_eq!(
            broken(vec![("params", params)]),
            told("kernel: stands there twice")
        );
        let text = Value::Map(vec![("kernel".into(), "no array".into())]);
        assert_eq!(broken(vec![("params", text)]), told("kernel: not an array"));
    }
}
