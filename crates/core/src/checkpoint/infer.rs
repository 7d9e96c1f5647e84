//! Parameter shapes → architecture. Each size stands in several shapes; where they disagree the most frequent value
//! counts, so that [`super::check`] names the one array that does not fit and not all its neighbours.

use std::collections::{BTreeMap, BTreeSet};

use crate::classes::ClassCount;
use crate::model::config::{Architecture, NetworkKind};
use crate::model::layers::{Layer, Length, Parameter, table};
use crate::model::parameters::Parameters;

use super::error::CheckpointError;

/// Reads the sizes off the parameter shapes; [`super::check`] then says whether all of them agree.
pub fn architecture(params: &Parameters) -> Result<Architecture, CheckpointError> {
    let kind = |conv: &str| {
        if params.0.keys().any(|path| path.starts_with(conv)) {
            NetworkKind::Conv
        } else {
            NetworkKind::Dense
        }
    };
    let (encoder, decoder) = (kind("encoder/conv_"), kind("decoder/deconv_"));
    let hidden = |part: &str| {
        let layers = params.0.keys().filter_map(|path| {
            let (index, _) = path
                .strip_prefix(part)?
                .strip_prefix("/hidden_")?
                .split_once('/')?;
            index.parse::<usize>().ok()
        });
        layers.collect::<BTreeSet<_>>().len()
    };
    let layers = match (encoder, decoder) {
        // The classifier has the last width alone; of the others nothing depends on them.
        (NetworkKind::Conv, NetworkKind::Conv) => hidden("classifier").min(1),
        (NetworkKind::Conv, NetworkKind::Dense) => hidden("decoder"),
        (NetworkKind::Dense, NetworkKind::Conv) => hidden("encoder"),
        (NetworkKind::Dense, NetworkKind::Dense) => hidden("encoder").max(hidden("decoder")),
    };
    let table = table(encoder, decoder, layers);
    let parameters = table.iter().flat_map(Layer::parameters);
    let mut votes: BTreeMap<Length, Vec<usize>> = BTreeMap::new();
    let mut missing = Vec::new();
    for Parameter { path, shape, .. } in parameters {
        match params.0.get(&path) {
            Some(tensor) if tensor.shape.len() == shape.len() => {
                for (length, &found) in shape.into_iter().zip(&tensor.shape) {
                    votes.entry(length).or_default().push(found);
                }
            }
            Some(tensor) => missing.push(format!(
                "{path}: expected {} lengths, found {:?}",
                shape.len(),
                tensor.shape
            )),
            None => missing.push(format!("{path}: missing")),
        }
    }
    missing.sort();
    let size = |length: Length| {
        let size = votes.get(&length).and_then(|votes| most_frequent(votes));
        size.filter(|&size| size > 0)
            .ok_or_else(|| CheckpointError::Misfit {
                problems: if missing.is_empty() {
                    vec![format!("a layer without any width ({length:?})")]
                } else {
                    missing.clone()
                },
            })
    };
    let conv = encoder == NetworkKind::Conv && decoder == NetworkKind::Conv;
    let pixels = if conv { 28 * 28 } else { size(Length::Pixels)? };
    let side = pixels.isqrt();
    let classes = ClassCount::new(size(Length::Classes)?).map_err(|error| CheckpointError::Misfit {
        problems: vec![format!("classifier/logits: {error}")],
    })?;
    Ok(Architecture {
        encoder,
        decoder,
        hidden_dims: (0..layers)
            .map(|i| size(Length::Hidden(i)))
            .collect::<Result<_, _>>()?,
        latent_dim: size(Length::Latent)?,
        image: if side * side == pixels {
            [side, side]
        } else {
            [1, pixels]
        },
        classes,
    })
}

/// Of several as frequent values the smallest.
fn most_frequent(votes: &[usize]) -> Option<usize> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    for &vote in votes {
        *counts.entry(vote).or_default() += 1;
    }
    let (&value, _) = counts.iter().rev().max_by_key(|(_, count)| **count)?;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::super::shapes::{check, expected_shapes};
    use super::super::state::Checkpoint;
    use super::*;
    use crate::model::parameters::Tensor;
    use proptest::prelude::*;

    fn parameters(architecture: &Architecture) -> Parameters {
        let shapes = expected_shapes(architecture).into_iter();
        let tensors = shapes.map(|(path, shape)| {
            let data = vec![0.0; shape.iter().product()];
            (path, Tensor { shape, data })
        });
        Parameters(tensors.collect())
    }

    fn problems(params: &Parameters) -> Vec<String> {
        let checked = architecture(params)
            .and_then(|architecture| check(&Checkpoint::new(params.clone()), &architecture));
        match checked {
            Err(CheckpointError::Misfit { problems }) => problems,
            _ => Vec::new(),
        }
    }

    fn kinds() -> impl Strategy<Value = NetworkKind> {
        prop_oneof![Just(NetworkKind::Dense), Just(NetworkKind::Conv)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn every_architecture_is_read_off_its_shapes(
            encoder in kinds(),
            decoder in kinds(),
            hidden_dims in proptest::collection::vec(1_usize..9, 0..5),
            latent_dim in 1_usize..9,
            classes in prop::sample::select(vec![2_usize, 3, 10, 11, 62, 256]),
        ) {
            let classes = ClassCount::new(classes).unwrap();
            let both_conv = encoder == NetworkKind::Conv && decoder == NetworkKind::Conv;
            let written = Architecture { encoder, decoder, hidden_dims, latent_dim, image: [28, 28], classes };
            let read = architecture(&parameters(&written)).unwrap();
            if both_conv {
                prop_assert_eq!(expected_shapes(&read), expected_shapes(&written));
            } else {
                prop_assert_eq!(read, written);
            }
        }
    }

    #[test]
    fn the_one_array_that_does_not_fit_is_named() {
        let good = parameters(&Architecture::default());
        assert_eq!(problems(&good), Vec::<String>::new());
        let mut bad = good.clone();
        let narrow = Tensor {
            shape: vec![256, 64],
            data: vec![0.0; 256 * 64],
        };
        bad.0.insert("encoder/hidden_1/kernel".into(), narrow);
        assert_eq!(
            problems(&bad),
            ["encoder/hidden_1/kernel: expected [256, 128], found [256, 64]"]
        );
        bad.0.remove("decoder/hidden_2/bias");
        assert_eq!(
            problems(&bad),
            [
                "decoder/hidden_2/bias: missing, expected [256]",
                "encoder/hidden_1/kernel: expected [256, 128], found [256, 64]",
            ]
        );
    }

    #[test]
    fn a_classifier_of_too_few_or_too_many_classes_is_refused() {
        for count in [1, 257] {
            let mut params = parameters(&Architecture::default());
            for (path, shape) in [
                ("classifier/logits/kernel", vec![64, count]),
                ("classifier/logits/bias", vec![count]),
            ] {
                let data = vec![0.0; shape.iter().product()];
                params.0.insert(path.into(), Tensor { shape, data });
            }
            let told = architecture(&params).unwrap_err().to_string();
            let expected = format!("classifier/logits: {count} classes, where 2 to 256 can be told apart");
            assert!(told.ends_with(&expected), "{told}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        assert!(architecture(&Parameters::default()).is_err());
        let mut empty = parameters(&Architecture::default());
        for tensor in empty.0.values_mut() {
            tensor.shape.fill(0);
            tensor.data.clear();
        }
        assert!(architecture(&empty).is_err());
    }
}
