//! Architecture ⇄ parameter shapes.

use std::collections::BTreeMap;

use crate::model::config::{Architecture, CLASSES, NetworkKind};

use super::{CheckpointError, Parameters};

/// Flax's name and shape of each parameter.
pub fn expected_shapes(architecture: &Architecture) -> BTreeMap<String, Vec<usize>> {
    let mut shapes = BTreeMap::new();
    let mut layer = |path: String, kernel: Vec<usize>| {
        shapes.insert(
            format!("{path}/bias"),
            kernel.last().copied().into_iter().collect(),
        );
        shapes.insert(format!("{path}/kernel"), kernel);
    };
    let latent = architecture.latent_dim;
    let mut features = architecture.pixels();
    match architecture.encoder {
        NetworkKind::Dense => {
            for (i, &width) in architecture.hidden_dims.iter().enumerate() {
                layer(format!("encoder/hidden_{i}"), vec![features, width]);
                features = width;
            }
        }
        NetworkKind::Conv => {
            for (i, [from, to]) in [[1, 32], [32, 64], [64, 128]].into_iter().enumerate() {
                layer(format!("encoder/conv_{i}"), vec![3, 3, from, to]);
            }
            features = 7 * 7 * 128;
        }
    }
    layer("encoder/z_mean".into(), vec![features, latent]);
    layer("encoder/z_log".into(), vec![features, latent]);
    match architecture.decoder {
        NetworkKind::Dense => {
            let mut features = latent;
            for (i, &width) in architecture.hidden_dims.iter().rev().enumerate() {
                layer(format!("decoder/hidden_{i}"), vec![features, width]);
                features = width;
            }
            layer("decoder/projection".into(), vec![features, architecture.pixels()]);
        }
        NetworkKind::Conv => {
            layer("decoder/projection".into(), vec![latent, 7 * 7 * 128]);
            layer("decoder/deconv_0".into(), vec![3, 3, 128, 64]);
            layer("decoder/deconv_1".into(), vec![3, 3, 64, 32]);
            layer("decoder/recon".into(), vec![3, 3, 32, 1]);
        }
    }
    let width = architecture.classifier_width();
    layer("classifier/hidden_0".into(), vec![latent, width]);
    layer("classifier/hidden_1".into(), vec![width, width]);
    layer("classifier/logits".into(), vec![width, CLASSES]);
    shapes
}

/// Reads the sizes off the parameter shapes; [`check`] then says whether all of them agree.
pub fn architecture(params: &Parameters) -> Result<Architecture, CheckpointError> {
    let kernel = |path: &str| {
        params
            .0
            .get(&format!("{path}/kernel"))
            .map(|tensor| tensor.shape.as_slice())
    };
    let output = |path: &str| kernel(path).and_then(|shape| shape.last().copied());
    let stack = |part: &str| -> Vec<usize> {
        (0..)
            .map_while(|i| output(&format!("{part}/hidden_{i}")))
            .collect()
    };
    let kind = |conv: &str| {
        if kernel(conv).is_some() {
            NetworkKind::Conv
        } else {
            NetworkKind::Dense
        }
    };
    let (encoder, decoder) = (kind("encoder/conv_0"), kind("decoder/deconv_0"));
    let latent_dim = output("encoder/z_mean").ok_or_else(|| CheckpointError::Misfit {
        problems: vec!["encoder/z_mean/kernel: missing".into()],
    })?;
    let hidden_dims = match (encoder, decoder) {
        (NetworkKind::Dense, _) => stack("encoder"),
        (_, NetworkKind::Dense) => stack("decoder").into_iter().rev().collect(),
        _ => output("classifier/hidden_0").into_iter().collect(),
    };
    let pixels = match (encoder, decoder) {
        (NetworkKind::Dense, _) => kernel("encoder/hidden_0")
            .or(kernel("encoder/z_mean"))
            .and_then(|s| s.first()),
        (_, NetworkKind::Dense) => kernel("decoder/projection").and_then(|shape| shape.last()),
        _ => None,
    };
    let pixels = pixels.copied().unwrap_or(28 * 28);
    let side = pixels.isqrt();
    let image = if side * side == pixels {
        [side, side]
    } else {
        [1, pixels]
    };
    Ok(Architecture {
        encoder,
        decoder,
        hidden_dims,
        latent_dim,
        image,
    })
}

/// Says of each name or shape that does not fit what was expected. Names beyond the architecture's are no fault.
pub fn check(params: &Parameters, expected: &Architecture) -> Result<(), CheckpointError> {
    let mut problems = Vec::new();
    for (path, shape) in expected_shapes(expected) {
        match params.0.get(&path) {
            None => problems.push(format!("{path}: missing, expected {shape:?}")),
            Some(tensor) if tensor.shape != shape => {
                problems.push(format!("{path}: expected {shape:?}, found {:?}", tensor.shape));
            }
            Some(tensor) if tensor.data.iter().any(|x| !x.is_finite()) => {
                problems.push(format!("{path}: holds a number that is not finite"));
            }
            Some(_) => {}
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(CheckpointError::Misfit { problems })
    }
}
