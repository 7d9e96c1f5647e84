//! Which parameters a network has, and their shapes, in terms of its sizes.

use std::collections::BTreeMap;

use crate::model::config::{Architecture, CLASSES, NetworkKind};

use super::{Checkpoint, CheckpointError, Parameters};

/// One length in a parameter's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Length {
    Fixed(usize),
    Pixels,
    /// Width of the dense encoder's hidden layer of this index.
    Hidden(usize),
    Latent,
}

/// Flax's names and shapes for encoder and decoder of these kinds with `layers` hidden widths.
pub(super) fn names(
    encoder: NetworkKind,
    decoder: NetworkKind,
    layers: usize,
) -> BTreeMap<String, Vec<Length>> {
    use Length::{Fixed, Hidden, Latent, Pixels};
    let mut shapes = BTreeMap::new();
    let mut layer = |path: String, kernel: Vec<Length>| {
        shapes.insert(
            format!("{path}/bias"),
            kernel.last().copied().into_iter().collect(),
        );
        shapes.insert(format!("{path}/kernel"), kernel);
    };
    let conv = |from, to| vec![Fixed(3), Fixed(3), Fixed(from), Fixed(to)];
    let grid = Fixed(7 * 7 * 128);
    let mut features = Pixels;
    match encoder {
        NetworkKind::Dense => {
            for i in 0..layers {
                layer(format!("encoder/hidden_{i}"), vec![features, Hidden(i)]);
                features = Hidden(i);
            }
        }
        NetworkKind::Conv => {
            for (i, [from, to]) in [[1, 32], [32, 64], [64, 128]].into_iter().enumerate() {
                layer(format!("encoder/conv_{i}"), conv(from, to));
            }
            features = grid;
        }
    }
    layer("encoder/z_mean".into(), vec![features, Latent]);
    layer("encoder/z_log".into(), vec![features, Latent]);
    match decoder {
        NetworkKind::Dense => {
            let mut features = Latent;
            for i in 0..layers {
                let width = Hidden(layers - 1 - i);
                layer(format!("decoder/hidden_{i}"), vec![features, width]);
                features = width;
            }
            layer("decoder/projection".into(), vec![features, Pixels]);
        }
        NetworkKind::Conv => {
            layer("decoder/projection".into(), vec![Latent, grid]);
            layer("decoder/deconv_0".into(), conv(128, 64));
            layer("decoder/deconv_1".into(), conv(64, 32));
            layer("decoder/recon".into(), conv(32, 1));
        }
    }
    let width = layers.checked_sub(1).map_or(Latent, Hidden);
    layer("classifier/hidden_0".into(), vec![Latent, width]);
    layer("classifier/hidden_1".into(), vec![width, width]);
    layer("classifier/logits".into(), vec![width, Fixed(CLASSES)]);
    shapes
}

/// Flax's name and shape of each parameter.
pub fn expected_shapes(architecture: &Architecture) -> BTreeMap<String, Vec<usize>> {
    let Architecture {
        encoder,
        decoder,
        hidden_dims,
        latent_dim,
        ..
    } = architecture;
    let length = |length| match length {
        Length::Fixed(length) => length,
        Length::Pixels => architecture.pixels(),
        Length::Hidden(i) => hidden_dims.get(i).copied().unwrap_or(0),
        Length::Latent => *latent_dim,
    };
    names(*encoder, *decoder, hidden_dims.len())
        .into_iter()
        .map(|(path, shape)| (path, shape.into_iter().map(length).collect()))
        .collect()
}

/// Says of each name or shape that does not fit what was expected, of the parameters and of the optimizer's moments.
/// Names beyond the architecture's are no fault.
pub fn check(checkpoint: &Checkpoint, expected: &Architecture) -> Result<(), CheckpointError> {
    let mut problems = Vec::new();
    let expected = expected_shapes(expected);
    for (path, shape) in &expected {
        if !checkpoint.params.0.contains_key(path) {
            problems.push(format!("{path}: missing, expected {shape:?}"));
        }
    }
    fits(&checkpoint.params, &expected, "", &mut problems);
    if let Some(moments) = &checkpoint.moments {
        fits(&moments.mu, &expected, "opt_state/mu/", &mut problems);
        fits(&moments.nu, &expected, "opt_state/nu/", &mut problems);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(CheckpointError::Misfit { problems })
    }
}

fn fits(
    found: &Parameters,
    expected: &BTreeMap<String, Vec<usize>>,
    prefix: &str,
    problems: &mut Vec<String>,
) {
    for (path, shape) in expected {
        match found.0.get(path) {
            Some(tensor) if tensor.shape != *shape => problems.push(format!(
                "{prefix}{path}: expected {shape:?}, found {:?}",
                tensor.shape
            )),
            Some(tensor) if tensor.data.iter().any(|x| !x.is_finite()) => {
                problems.push(format!("{prefix}{path}: holds a number that is not finite"));
            }
            _ => {}
        }
    }
}
