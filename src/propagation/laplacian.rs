//! The graph's Laplacian, and linear equations in it.

use std::sync::Arc;

use rayon::prelude::*;

use crate::effort::{Cancelled, Effort};
use crate::similarity::Graph;

/// Rows that one task takes. They are always the same ones, so that the rounding does not depend on the threads.
const ROWS: usize = 2048;

/// Steps after which a solution is taken as it is.
const MOST_STEPS: usize = 1000;

/// The symmetrically normalized Laplacian `I − D^−½ W D^−½` of a graph.
#[derive(Clone, Debug)]
pub struct Laplacian {
    graph: Arc<Graph>,
    /// `[n]`: 1 / √degree; 0 for a sample without edges.
    inverse_root: Vec<f32>,
    /// Of each edge, in the graph's order.
    normalized: Vec<f32>,
}

/// An equation `(I − D^−½ W D^−½ + τ D^−1) v = b` with W right sides at once.
pub struct Equation<'a> {
    /// τ of [`Laplacian::solve`].
    pub killing: f32,
    /// Samples whose value is given by the start.
    pub fixed: Option<&'a [bool]>,
    /// Norm of the residual, as a share of the right side's, at which it is solved.
    pub tolerance: f64,
}

impl Laplacian {
    pub fn new(graph: Arc<Graph>) -> Self {
        let root = |&degree: &f32| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 };
        let inverse_root: Vec<f32> = graph.degrees().iter().map(root).collect();
        let normalized = (0..graph.len() as u32)
            .flat_map(|serial| graph.edges(serial).map(move |edge| (serial, edge)))
            .map(|(serial, (other, weight))| {
                weight * inverse_root[serial as usize] * inverse_root[other as usize]
            })
            .collect();
        Self {
            graph,
            inverse_root,
            normalized,
        }
    }

    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// 1 / √degree of each sample, 0 without edges.
    pub fn inverse_root(&self) -> &[f32] {
        &self.inverse_root
    }

    /// Solves `equation` for each of W right sides by conjugate gradients (Hestenes & Stiefel 1952), from `start` on. In terms
    /// of the graph's own Laplacian this is preconditioning by the degrees. Where nothing is fixed and nothing is killed, `b`
    /// must be orthogonal to √degree within each connected component.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn solve<const W: usize>(
        &self,
        equation: &Equation,
        b: &[[f32; W]],
        mut start: Vec<[f32; W]>,
        effort: &Effort,
    ) -> Result<Vec<[f32; W]>, Cancelled> {
        let n = self.graph.len();
        let mut residual = vec![[0.0; W]; n];
        let mut image = vec![[0.0; W]; n];
        self.apply(equation, &start, &mut image);
        let right = sums(b, b);
        zip(&mut residual, &image, |i, residual, image| {
            for lane in 0..W {
                residual[lane] = if equation.is_fixed(i) {
                    0.0
                } else {
                    b[i][lane] - image[lane]
                };
            }
        });
        let mut direction = residual.clone();
        let mut squares = sums(&residual, &residual);
        let goal = right.iter().sum::<f64>() * equation.tolerance * equation.tolerance;
        for step in 0..MOST_STEPS {
            if squares.iter().sum::<f64>() <= goal {
                break;
            }
            effort.reached(step as u64, MOST_STEPS as u64)?;
            self.apply(equation, &direction, &mut image);
            let along = sums(&direction, &image);
            let length: [f32; W] = std::array::from_fn(|lane| ratio(squares[lane], along[lane]));
            zip(&mut start, &direction, |_, start, direction| {
                for lane in 0..W {
                    start[lane] += length[lane] * direction[lane];
                }
            });
            zip(&mut residual, &image, |_, residual, image| {
                for lane in 0..W {
                    residual[lane] -= length[lane] * image[lane];
                }
            });
            let after = sums(&residual, &residual);
            let turn: [f32; W] = std::array::from_fn(|lane| ratio(after[lane], squares[lane]));
            squares = after;
            zip(&mut direction, &residual, |_, direction, residual| {
                for lane in 0..W {
                    direction[lane] = residual[lane] + turn[lane] * direction[lane];
                }
            });
        }
        Ok(start)
    }

    /// The left side of the equation; 0 where the value is fixed.
    fn apply<const W: usize>(&self, equation: &Equation, x: &[[f32; W]], out: &mut [[f32; W]]) {
        let offsets = self.graph.offsets();
        let ends = self.graph.ends();
        out.par_chunks_mut(ROWS).enumerate().for_each(|(part, out)| {
            for (i, out) in out.iter_mut().enumerate() {
                let row = part * ROWS + i;
                if equation.is_fixed(row) {
                    *out = [0.0; W];
                    continue;
                }
                let mut sum = [0.0_f32; W];
                let places = offsets[row] as usize..offsets[row + 1] as usize;
                for (&end, &weight) in ends[places.clone()].iter().zip(&self.normalized[places]) {
                    let other = &x[end as usize];
                    for lane in 0..W {
                        sum[lane] += weight * other[lane];
                    }
                }
                let root = self.inverse_root[row];
                let own = 1.0 + equation.killing * root * root;
                for lane in 0..W {
                    out[lane] = own * x[row][lane] - sum[lane];
                }
            }
        });
    }
}

impl Equation<'_> {
    fn is_fixed(&self, row: usize) -> bool {
        self.fixed.is_some_and(|fixed| fixed[row])
    }
}

fn ratio(a: f64, b: f64) -> f32 {
    if b > 0.0 { (a / b) as f32 } else { 0.0 }
}

fn zip<const W: usize>(
    to: &mut [[f32; W]],
    from: &[[f32; W]],
    each: impl Fn(usize, &mut [f32; W], &[f32; W]) + Sync,
) {
    let parts = to.par_chunks_mut(ROWS).zip(from.par_chunks(ROWS)).enumerate();
    parts.for_each(|(part, (to, from))| {
        for (i, (to, from)) in to.iter_mut().zip(from).enumerate() {
            each(part * ROWS + i, to, from);
        }
    });
}

/// Products of the columns of two arrays, summed over the rows.
fn sums<const W: usize>(a: &[[f32; W]], b: &[[f32; W]]) -> [f64; W] {
    let parts: Vec<[f64; W]> = a
        .par_chunks(ROWS)
        .zip(b.par_chunks(ROWS))
        .map(|(a, b)| {
            let mut total = [0.0_f64; W];
            for (a, b) in a.chunks(64).zip(b.chunks(64)) {
                let mut sum = [0.0_f32; W];
                for (a, b) in a.iter().zip(b) {
                    for lane in 0..W {
                        sum[lane] += a[lane] * b[lane];
                    }
                }
                for lane in 0..W {
                    total[lane] += f64::from(sum[lane]);
                }
            }
            total
        })
        .collect();
    let mut total = [0.0; W];
    for part in parts {
        for lane in 0..W {
            total[lane] += part[lane];
        }
    }
    total
}
