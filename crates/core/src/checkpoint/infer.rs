//! Parameter shapes → architecture. Each size stands in several shapes; where they disagree the most frequent value
//! counts, so that [`super::check`] names the one array that does not fit and not all its neighbours.

use std::collections::{BTreeMap, BTreeSet};

use crate::classes::ClassCount;
use crate::model::config::{Architecture, CONV_STEP, NetworkKind};
use crate::model::layers::{GRID_FEATURES, Layer, Length, Parameter, table};
use crate::model::parameters::Parameters;

use super::error::CheckpointError;

/// Reads the sizes off the parameter shapes; [`super::check`] then says whether all of them agree. Of an image only the number
/// of pixels is known: it is taken for square where it can be.
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
    let channels = channels(params);
    // No shape but that of the grid, which has a name, depends on the sides.
    let table = table(encoder, decoder, layers, [CONV_STEP, CONV_STEP, channels]);
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
    let [height, width] = if conv {
        let grid = size(Length::Grid)?;
        if !grid.is_multiple_of(GRID_FEATURES) {
            let problem =
                format!("encoder/z_mean: {grid} features, which are not a multiple of {GRID_FEATURES}");
            return Err(CheckpointError::Misfit {
                problems: vec![problem],
            });
        }
        sides(grid / GRID_FEATURES, 1).map(|side| side * CONV_STEP)
    } else {
        let mixed = encoder == NetworkKind::Conv || decoder == NetworkKind::Conv;
        let height = if mixed { CONV_STEP } else { 1 };
        sides(size(Length::Pixels)? / channels, height)
    };
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
        image: [height, width * channels],
        channels,
        classes,
    })
}

/// Numbers of a pixel by the kernels of a conv network that see it, 1 where there are none.
fn channels(params: &Parameters) -> usize {
    let length = |path: &str, axis: usize| params.0.get(path)?.shape.get(axis).copied();
    let told = length("encoder/conv_0/kernel", 2).or_else(|| length("decoder/recon/kernel", 3));
    told.filter(|&channels| channels == 3).unwrap_or(1)
}

/// Sides of a square of so many pixels, or else of an image that is `height` pixels high.
fn sides(pixels: usize, height: usize) -> [usize; 2] {
    let side = pixels.isqrt();
    if side * side == pixels {
        [side, side]
    } else {
        [height, pixels / height]
    }
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
            [height, width] in prop::sample::select(vec![[28, 28], [32, 32], [4, 4], [4, 20]]),
            channels in prop::sample::select(vec![1, 3]),
        ) {
            let classes = ClassCount::new(classes).unwrap();
            let both_conv = encoder == NetworkKind::Conv && decoder == NetworkKind::Conv;
            // Dense layers do not tell how many numbers a pixel has.
            let channels = if encoder == NetworkKind::Dense && decoder == NetworkKind::Dense { 1 } else { channels };
            let image = [height, width * channels];
            let written = Architecture { encoder, decoder, hidden_dims, latent_dim, image, channels, classes };
            let read = architecture(&parameters(&written)).unwrap();
            if both_conv || height != width {
                prop_assert_eq!(expected_shapes(&read), expected_shapes(&written));
                prop_assert_eq!((read.pixels(), read.channels), (written.pixels(), channels));
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
