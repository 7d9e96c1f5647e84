//! The graph's Laplacian, and linear equations in it.

use std::sync::Arc;

use pulp::Arch;
use rayon::prelude::*;

use crate::job::{Cancelled, Job};
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
    /// The samples in the order of a search from neighbour to neighbour, in which neighbours lie close to each other in
    /// memory (Cuthill & McKee 1969).
    order: Vec<u32>,
    /// In that order: 1 / degree, where the edges begin, their other ends' places and their normalized weights.
    inverse: Vec<f32>,
    offsets: Vec<usize>,
    ends: Vec<u32>,
    normalized: Vec<f32>,
}

/// An equation `(I − D^−½ W D^−½ + τ D^−1) v = b` with W right sides at once.
pub(crate) struct Equation<'a> {
    /// τ of [`Laplacian::solve`].
    pub killing: f32,
    /// Samples whose value is given by the start.
    pub fixed: Option<&'a [bool]>,
    /// Norm of the residual, as a share of the right side's, at which it is solved.
    pub tolerance: f64,
}

impl Laplacian {
    /// Normalizes the edges of a graph by its degrees.
    pub fn new(graph: Arc<Graph>) -> Self {
        let root = |&degree: &f32| if degree > 0.0 { degree.sqrt().recip() } else { 0.0 };
        let inverse_root: Vec<f32> = graph.degrees().iter().map(root).collect();
        let order = from_neighbour_to_neighbour(&graph);
        let mut places = vec![0; order.len()];
        for (place, &serial) in order.iter().enumerate() {
            places[serial as usize] = place as u32;
        }
        let (mut offsets, mut ends, mut normalized) = (vec![0], Vec::new(), Vec::new());
        for &serial in &order {
            let own = inverse_root[serial as usize];
            for (other, weight) in graph.edges(serial) {
                ends.push(places[other as usize]);
                normalized.push(weight * own * inverse_root[other as usize]);
            }
            offsets.push(ends.len());
        }
        let square = |&serial: &u32| inverse_root[serial as usize].powi(2);
        Self {
            inverse: order.iter().map(square).collect(),
            graph,
            inverse_root,
            order,
            offsets,
            ends,
            normalized,
        }
    }

    pub(crate) fn graph(&self) -> &Graph {
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
    pub(crate) fn solve<const W: usize>(
        &self,
        equation: &Equation,
        b: &[[f32; W]],
        start: Vec<[f32; W]>,
        job: &Job,
    ) -> Result<Vec<[f32; W]>, Cancelled> {
        let fixed = equation.fixed.map(|fixed| self.ordered(fixed));
        let rows = Rows {
            laplacian: self,
            killing: equation.killing,
            fixed: fixed.as_deref(),
            arch: Arch::new(),
        };
        let solved = rows.solve(&self.ordered(b), self.ordered(&start), equation.tolerance, job)?;
        let mut out = start;
        for (row, &serial) in solved.into_iter().zip(&self.order) {
            out[serial as usize] = row;
        }
        Ok(out)
    }

    /// Values by serial in the order of the rows.
    fn ordered<T: Copy>(&self, values: &[T]) -> Vec<T> {
        self.order.iter().map(|&serial| values[serial as usize]).collect()
    }
}

/// Breadth first, each component from its first sample on.
fn from_neighbour_to_neighbour(graph: &Graph) -> Vec<u32> {
    let mut seen = vec![false; graph.len()];
    let mut order = Vec::with_capacity(graph.len());
    for serial in 0..graph.len() as u32 {
        let mut at = order.len();
        if !std::mem::replace(&mut seen[serial as usize], true) {
            order.push(serial);
        }
        while let Some(&serial) = order.get(at) {
            at += 1;
            for (other, _) in graph.edges(serial) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    order.push(other);
                }
            }
        }
    }
    order
}

/// An equation row by row, in the Laplacian's order.
struct Rows<'a> {
    laplacian: &'a Laplacian,
    killing: f32,
    fixed: Option<&'a [bool]>,
    /// Each loop is compiled for every width of a processor's vectors. Sums have the same order on all.
    arch: Arch,
}

impl Rows<'_> {
    fn solve<const W: usize>(
        &self,
        b: &[[f32; W]],
        mut x: Vec<[f32; W]>,
        tolerance: f64,
        job: &Job,
    ) -> Result<Vec<[f32; W]>, Cancelled> {
        let n = x.len();
        let (mut residual, mut image) = (vec![[0.0; W]; n], vec![[0.0; W]; n]);
        self.apply(&x, &mut image);
        let parts = residual.par_chunks_mut(ROWS).zip(image.par_chunks(ROWS));
        let squares = parts.enumerate().map(|(part, (residual, image))| {
            let (mut right, mut left) = (Sums::default(), Sums::default());
            for (i, (residual, image)) in residual.iter_mut().zip(image).enumerate() {
                let row = part * ROWS + i;
                if !self.is_fixed(row) {
                    *residual = std::array::from_fn(|lane| b[row][lane] - image[lane]);
                }
                right.add(&b[row], &b[row]);
                left.add(residual, residual);
            }
            [right.finish(), left.finish()]
        });
        let [right, mut squares] = total(squares.collect());
        let goal = right.iter().sum::<f64>() * tolerance * tolerance;
        let mut direction = residual.clone();
        for step in 0..MOST_STEPS {
            if squares.iter().sum::<f64>() <= goal {
                break;
            }
            job.reached(step as u64, MOST_STEPS as u64)?;
            let along = self.apply(&direction, &mut image);
            let length: [f32; W] = std::array::from_fn(|lane| ratio(squares[lane], along[lane]));
            let parts = x
                .par_chunks_mut(ROWS)
                .zip(residual.par_chunks_mut(ROWS))
                .zip(direction.par_chunks(ROWS).zip(image.par_chunks(ROWS)));
            let after = parts.map(|((x, residual), (direction, image))| {
                self.arch.dispatch(
                    #[inline(always)]
                    || [go(x, residual, direction, image, &length)],
                )
            });
            let [after] = total(after.collect());
            let turn: [f32; W] = std::array::from_fn(|lane| ratio(after[lane], squares[lane]));
            squares = after;
            let parts = direction.par_chunks_mut(ROWS).zip(residual.par_chunks(ROWS));
            parts.for_each(|(direction, residual)| {
                self.arch.dispatch(
                    #[inline(always)]
                    || {
                        for (direction, residual) in direction.iter_mut().zip(residual) {
                            for lane in 0..W {
                                direction[lane] = residual[lane] + turn[lane] * direction[lane];
                            }
                        }
                    },
                );
            });
        }
        Ok(x)
    }

    /// Puts the left side of the equation into `out`, 0 where the value is fixed; returns its products with `x`, column by
    /// column.
    fn apply<const W: usize>(&self, x: &[[f32; W]], out: &mut [[f32; W]]) -> [f64; W] {
        let parts = out.par_chunks_mut(ROWS).enumerate().map(|(part, out)| {
            self.arch.dispatch(
                #[inline(always)]
                || [self.apply_to(part * ROWS, x, out)],
            )
        });
        let [along] = total(parts.collect());
        along
    }

    /// The same for the rows from `first` on.
    #[inline(always)]
    fn apply_to<const W: usize>(&self, first: usize, x: &[[f32; W]], out: &mut [[f32; W]]) -> [f64; W] {
        let Laplacian {
            offsets,
            ends,
            normalized,
            inverse,
            ..
        } = self.laplacian;
        let mut sums = Sums::default();
        for (row, out) in (first..).zip(out) {
            if self.is_fixed(row) {
                *out = [0.0; W];
                continue;
            }
            let mut sum = [0.0_f32; W];
            let places = offsets[row]..offsets[row + 1];
            for (&end, &weight) in ends[places.clone()].iter().zip(&normalized[places]) {
                let other = &x[end as usize];
                for lane in 0..W {
                    sum[lane] += weight * other[lane];
                }
            }
            let own = 1.0 + self.killing * inverse[row];
            for lane in 0..W {
                out[lane] = own * x[row][lane] - sum[lane];
            }
            sums.add(&x[row], out);
        }
        sums.finish()
    }

    #[inline(always)]
    fn is_fixed(&self, row: usize) -> bool {
        self.fixed.is_some_and(|fixed| fixed[row])
    }
}

/// A step of `length` along the direction; returns the squares of the residual after it.
#[inline(always)]
fn go<const W: usize>(
    x: &mut [[f32; W]],
    residual: &mut [[f32; W]],
    direction: &[[f32; W]],
    image: &[[f32; W]],
    length: &[f32; W],
) -> [f64; W] {
    let mut sums = Sums::default();
    let rows = x.iter_mut().zip(residual).zip(direction.iter().zip(image));
    for ((x, residual), (direction, image)) in rows {
        for lane in 0..W {
            x[lane] += length[lane] * direction[lane];
            residual[lane] -= length[lane] * image[lane];
        }
        sums.add(residual, residual);
    }
    sums.finish()
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
    #[inline(always)]
    fn add(&mut self, a: &[f32; W], b: &[f32; W]) {
        for lane in 0..W {
            self.some[lane] += a[lane] * b[lane];
        }
        self.rows += 1;
        if self.rows == 64 {
            self.carry();
        }
    }

    #[inline(always)]
    fn carry(&mut self) {
        for lane in 0..W {
            self.all[lane] += f64::from(self.some[lane]);
        }
        self.some = [0.0; W];
        self.rows = 0;
    }

    #[inline(always)]
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
