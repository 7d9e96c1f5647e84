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
        let (mut residual, mut image) = (vec![[0.0; W]; n], vec![[0.0; W]; n]);
        self.apply(equation, &start, &mut image);
        let parts = residual
            .par_chunks_mut(ROWS)
            .zip(image.par_chunks(ROWS))
            .enumerate();
        let squares = parts.map(|(part, (residual, image))| {
            let (mut right, mut left) = (Sums::default(), Sums::default());
            for (i, (residual, image)) in residual.iter_mut().zip(image).enumerate() {
                let row = part * ROWS + i;
                if !equation.is_fixed(row) {
                    *residual = std::array::from_fn(|lane| b[row][lane] - image[lane]);
                }
                right.add(&b[row], &b[row]);
                left.add(residual, residual);
            }
            [right.finish(), left.finish()]
        });
        let [right, mut squares] = total(squares.collect());
        let goal = right.iter().sum::<f64>() * equation.tolerance * equation.tolerance;
        let mut direction = residual.clone();
        for step in 0..MOST_STEPS {
            if squares.iter().sum::<f64>() <= goal {
                break;
            }
            effort.reached(step as u64, MOST_STEPS as u64)?;
            let along = self.apply(equation, &direction, &mut image);
            let length: [f32; W] = std::array::from_fn(|lane| ratio(squares[lane], along[lane]));
            let parts = start
                .par_chunks_mut(ROWS)
                .zip(residual.par_chunks_mut(ROWS))
                .zip(direction.par_chunks(ROWS).zip(image.par_chunks(ROWS)));
            let after = parts.map(|((start, residual), (direction, image))| {
                let mut sums = Sums::default();
                let rows = start.iter_mut().zip(residual).zip(direction.iter().zip(image));
                for ((start, residual), (direction, image)) in rows {
                    for lane in 0..W {
                        start[lane] += length[lane] * direction[lane];
                        residual[lane] -= length[lane] * image[lane];
                    }
                    sums.add(residual, residual);
                }
                [sums.finish()]
            });
            let [after] = total(after.collect());
            let turn: [f32; W] = std::array::from_fn(|lane| ratio(after[lane], squares[lane]));
            squares = after;
            let parts = direction.par_chunks_mut(ROWS).zip(residual.par_chunks(ROWS));
            parts.for_each(|(direction, residual)| {
                for (direction, residual) in direction.iter_mut().zip(residual) {
                    for lane in 0..W {
                        direction[lane] = residual[lane] + turn[lane] * direction[lane];
                    }
                }
            });
        }
        Ok(start)
    }

    /// Puts the left side of the equation into `out`, 0 where the value is fixed; returns its products with `x`, column by
    /// column.
    fn apply<const W: usize>(&self, equation: &Equation, x: &[[f32; W]], out: &mut [[f32; W]]) -> [f64; W] {
        let (offsets, ends) = (self.graph.offsets(), self.graph.ends());
        let parts = out.par_chunks_mut(ROWS).enumerate().map(|(part, out)| {
            let mut sums = Sums::default();
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
                sums.add(&x[row], out);
            }
            [sums.finish()]
        });
        let [along] = total(parts.collect());
        along
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

/// Products of the columns of two arrays, summed over rows: some of them in f32, all in f64.
struct Sums<const W: usize> {
    some: [f32; W],
    rows: usize,
    all: [f64; W],
}

impl<const W: usize> Default for Sums<W> {
    fn default() -> Self {
        Self {
            some: [0.0; W],
            rows: 0,
            all: [0.0; W],
        }
    }
}

impl<const W: usize> Sums<W> {
    fn add(&mut self, a: &[f32; W], b: &[f32; W]) {
        for lane in 0..W {
            self.some[lane] += a[lane] * b[lane];
        }
        self.rows += 1;
        if self.rows == 64 {
            self.carry();
        }
    }

    fn carry(&mut self) {
        for lane in 0..W {
            self.all[lane] += f64::from(self.some[lane]);
        }
        self.some = [0.0; W];
        self.rows = 0;
    }

    fn finish(mut self) -> [f64; W] {
        self.carry();
        self.all
    }
}

/// Adds up the parts in their order.
fn total<const W: usize, const N: usize>(parts: Vec<[[f64; W]; N]>) -> [[f64; W]; N] {
    let mut total = [[0.0; W]; N];
    for part in parts {
        for (total, part) in total.iter_mut().zip(part) {
            for lane in 0..W {
                total[lane] += part[lane];
            }
        }
    }
    total
}
