//! The gradients of all kernels and biases, from the layers' gradients of all parts of a batch.

use rayon::prelude::*;

use super::layer::{Input, Layer};
use super::network::Layers;
use super::role::Role;
use super::rows::Rows;
use super::sequential::Trace;
use crate::gemm::{Matrix, multiply};

/// Rows of a kernel that one thread takes at a time. The parts are summed in their order within a tile, so that the
/// rounding does not depend on the number of threads.
const TILE: usize = 128;

/// A layer with what each part has of its gradient.
struct Source<'a> {
    layer: &'a Layer,
    parts: Vec<Share<'a>>,
}

struct Share<'a> {
    /// What went into the layer; its sparse form is transposed.
    input: Input<'a>,
    /// Before the activation.
    gradient: &'a [f32],
    /// The kernel's gradient, where it is known already.
    kernel: &'a [f32],
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
            let [rows, columns] = layer.kernel_size();
            let count = rows.div_ceil(rows.div_ceil(TILE));
            let pieces = kernel.chunks_mut(count * columns).enumerate();
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
        let [rows, columns] = self.layer.kernel_size();
        let Some(from) = from else {
            out.fill(0.0);
            for part in &self.parts {
                for row in part.gradient.chunks_exact(out.len()) {
                    add(out, row);
                }
            }
            return;
        };
        for (i, part) in self.parts.iter().enumerate() {
            if !part.kernel.is_empty() {
                let kernel = &part.kernel[from * columns..][..out.len()];
                match i {
                    0 => out.copy_from_slice(kernel),
                    _ => add(out, kernel),
                }
                continue;
            }
            let count = out.len() / columns;
            let done = part
                .input
                .sparse
                .is_some_and(|turned| turned.multiply(from, count, part.gradient, columns, i > 0, out));
            if !done {
                let turned = Matrix::new(part.input.dense, rows).transposed().rows(from, count);
                multiply(out, i > 0, turned, Matrix::new(part.gradient, columns));
            }
        }
    }
}

fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// The largest first, so that no thread is left with one at the end.
fn sources<'a>(layers: &'a Layers, parts: &'a [Rows]) -> Vec<Source<'a>> {
    let chains: [(&[Layer], Option<Role>, fn(&Rows) -> (Input, &Trace)); 3] = [
        (&layers.encoder, None, |part| (columns(part), &part.encoder)),
        (&layers.decoder, Some(Role::Classified), |part| {
            (part.z.as_slice().into(), &part.decoder)
        }),
        (&layers.classifier, Some(Role::Decoded), |part| {
            (part.z.as_slice().into(), &part.classifier)
        }),
    ];
    let mut all = Vec::new();
    for (layers, without, of) in chains {
        let parts = || parts.iter().filter(|part| Some(part.role) != without);
        all.extend(layers.iter().enumerate().map(|(i, layer)| Source {
            layer,
            parts: parts().map(|part| share(of(part), i)).collect(),
        }));
    }
    all.extend(layers.heads.iter().enumerate().map(|(i, layer)| {
        Source {
            layer,
            parts: parts
                .iter()
                .filter(|part| part.role.has_head(i))
                .map(|part| Share {
                    input: part
                        .encoder
                        .outputs
                        .last()
                        .map_or(columns(part), |output| output.as_slice().into()),
                    gradient: [&part.mean, &part.log_variance][i].gradient.as_slice(),
                    kernel: &[],
                })
                .collect(),
        }
    }));
    all.sort_by_key(|source| {
        let [rows, columns] = source.layer.kernel_size();
        std::cmp::Reverse(rows * columns)
    });
    all
}

fn share<'a>((input, trace): (Input<'a>, &'a Trace), layer: usize) -> Share<'a> {
    let before = layer
        .checked_sub(1)
        .map(|before| trace.outputs[before].as_slice());
    Share {
        input: before.map_or(input, Input::from),
        gradient: &trace.gradients[layer],
        kernel: &trace.kernels[layer],
    }
}

fn columns(part: &Rows) -> Input<'_> {
    Input {
        dense: part.images.as_slice(),
        sparse: part.images.columns(),
    }
}
