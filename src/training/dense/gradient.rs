//! The gradients of all kernels and biases, from the layers' gradients of all parts of a batch.

use rayon::prelude::*;

use super::layer::{Input, Layer, Trace};
use super::pass::{Layers, Rows};
use super::product::{Matrix, multiply};

/// Rows of a kernel that one thread takes at a time. The parts are summed in their order within a tile, so that the
/// rounding does not depend on the number of threads.
const TILE: usize = 128;

/// A layer with what went into it, whose sparse form is transposed, and its gradient, part by part.
struct Source<'a> {
    layer: &'a Layer,
    parts: Vec<(Input<'a>, &'a [f32])>,
}

/// Some rows of a layer's kernel, or its bias.
struct Tile<'a> {
    source: usize,
    /// `None`: the bias.
    from: Option<usize>,
    out: &'a mut [f32],
}

/// Fills `gradients`, an array per parameter in the order of their places, after every part's
/// [`Rows::backward`].
pub fn collect(layers: &Layers, parts: &[Rows], gradients: &mut [Vec<f32>]) {
    let sources = sources(layers, parts);
    let mut places: Vec<Option<&mut Vec<f32>>> = gradients.iter_mut().map(Some).collect();
    let mut tiles = Vec::new();
    for (source, Source { layer, .. }) in sources.iter().enumerate() {
        if let Some(kernel) = places[layer.kernel].take() {
            let count = layer.inputs.div_ceil(layer.inputs.div_ceil(TILE));
            let pieces = kernel.chunks_mut(count * layer.outputs).enumerate();
            tiles.extend(pieces.map(|(i, out)| Tile {
                source,
                from: Some(i * count),
                out,
            }));
        }
        if let Some(out) = places[layer.bias].take() {
            tiles.push(Tile {
                source,
                from: None,
                out,
            });
        }
    }
    tiles
        .into_par_iter()
        .for_each(|tile| sources[tile.source].fill(tile.from, tile.out));
}

impl Source<'_> {
    fn fill(&self, from: Option<usize>, out: &mut [f32]) {
        let Layer { inputs, outputs, .. } = *self.layer;
        let Some(from) = from else {
            out.fill(0.0);
            for (_, gradient) in &self.parts {
                for row in gradient.chunks_exact(outputs) {
                    for (sum, value) in out.iter_mut().zip(row) {
                        *sum += value;
                    }
                }
            }
            return;
        };
        for (i, (input, gradient)) in self.parts.iter().enumerate() {
            let count = out.len() / outputs;
            let done = input
                .sparse
                .is_some_and(|columns| columns.multiply(from, count, gradient, outputs, i > 0, out));
            if !done {
                let columns = Matrix::new(input.dense, inputs).transposed().rows(from, count);
                multiply(out, i > 0, columns, Matrix::new(gradient, outputs));
            }
        }
    }
}

fn columns(part: &Rows) -> Input<'_> {
    Input {
        dense: part.images.as_slice(),
        sparse: part.images.columns(),
    }
}

/// The largest first, so that no thread is left with one at the end.
fn sources<'a>(layers: &'a Layers, parts: &'a [Rows]) -> Vec<Source<'a>> {
    fn chain<'a>(
        layers: &'a [Layer],
        parts: &'a [Rows],
        of: impl Fn(&'a Rows) -> (Input<'a>, &'a Trace),
    ) -> Vec<Source<'a>> {
        let source = |(i, layer): (usize, &'a Layer)| Source {
            layer,
            parts: parts
                .iter()
                .map(|part| {
                    let (input, trace) = of(part);
                    let input = if i == 0 {
                        input
                    } else {
                        trace.outputs[i - 1].as_slice().into()
                    };
                    (input, trace.gradients[i].as_slice())
                })
                .collect(),
        };
        layers.iter().enumerate().map(source).collect()
    }
    let mut all = chain(&layers.encoder, parts, |part| (columns(part), &part.encoder));
    all.extend(chain(&layers.decoder, parts, |part| {
        (part.z.as_slice().into(), &part.decoder)
    }));
    all.extend(chain(&layers.classifier, parts, |part| {
        (part.z.as_slice().into(), &part.classifier)
    }));
    let heads = [&layers.mean, &layers.log_variance].into_iter().enumerate();
    all.extend(heads.map(|(i, layer)| {
        Source {
            layer,
            parts: parts
                .iter()
                .map(|part| {
                    let head = if i == 0 { &part.mean } else { &part.log_variance };
                    (
                        part.encoder.output(part.images.as_slice()).into(),
                        head.gradient.as_slice(),
                    )
                })
                .collect(),
        }
    }));
    all.sort_by_key(|source| std::cmp::Reverse(source.layer.inputs * source.layer.outputs));
    all
}
