//! Products of the covariances of scaled images, or of other rows, with directions.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::gemm::{Matrix, multiply};
use crate::job::{Cancelled, Job};

use super::products::{GROUP, Group, Products, TOGETHER};
use super::rows::Rows;

/// Up to as many pixels each pair of them is multiplied once; above that the images are multiplied with the directions each time.
const WHOLE: usize = 2048;

/// Images whose pixels are multiplied at once.
const IMAGES: usize = 4096;

/// Rows that one product with directions takes.
const BLOCK: usize = 512;

/// Numbers that the partial sums of all threads may hold together.
const PARTIAL: usize = 32 << 20;

/// Sums over the samples of the products of two pixels, or other numbers of a row, about their means.
pub enum Covariance<'a> {
    /// `[pixels, pixels]`
    Whole(DMatrix<f64>),
    /// Of rows that are too long for that, or no images.
    Rows(Centred<'a>),
}

/// Rows about their mean.
pub struct Centred<'a> {
    rows: Rows<'a>,
    mean: Vec<f32>,
}

impl<'a> Centred<'a> {
    pub fn new(rows: Rows<'a>) -> Self {
        Self {
            rows,
            mean: rows.mean(),
        }
    }

    /// `[to - from, dim]`
    fn copy(&self, from: usize, to: usize, out: &mut Vec<f32>) {
        self.rows.copy(from, to, out);
        for row in out.chunks_exact_mut(self.mean.len()) {
            for (value, mean) in row.iter_mut().zip(&self.mean) {
                *value -= mean;
            }
        }
    }

    /// `X · directions` for the rows X, `[n, directions]` row-major.
    pub fn along(&self, directions: &DMatrix<f64>) -> Vec<f32> {
        let (width, directions) = (directions.ncols(), row_major(directions));
        let mut along = vec![0.0; self.rows.len() * width];
        along
            .par_chunks_mut(BLOCK * width)
            .enumerate()
            .for_each_init(Vec::new, |rows, (i, out)| {
                let from = i * BLOCK;
                self.copy(from, from + out.len() / width, rows);
                let rows = Matrix::new(rows, self.mean.len());
                multiply(out, false, rows, Matrix::new(&directions, width));
            });
        along
    }

    /// `Xᵀ (X · directions)`, `[dim, directions]`.
    fn covariance_times(&self, directions: &DMatrix<f64>) -> DMatrix<f64> {
        let (n, dim, width) = (self.rows.len(), self.mean.len(), directions.ncols());
        let directions = row_major(directions);
        // As many parts as their sums have room for, always the same ones, so that the rounding does not depend on the threads.
        let parts = (PARTIAL / (dim * width)).clamp(2, 16);
        let length = n.div_ceil(parts).max(1);
        let sums: Vec<Vec<f32>> = (0..parts)
            .into_par_iter()
            .map(|part| {
                let (mut rows, mut along) = (Vec::new(), Vec::new());
                let mut sum = vec![0.0; dim * width];
                let (from, to) = (n.min(part * length), n.min((part + 1) * length));
                for from in (from..to).step_by(BLOCK) {
                    let to = to.min(from + BLOCK);
                    self.copy(from, to, &mut rows);
                    along.resize((to - from) * width, 0.0);
                    let rows = Matrix::new(&rows, dim);
                    multiply(&mut along, false, rows, Matrix::new(&directions, width));
                    multiply(&mut sum, true, rows.transposed(), Matrix::new(&along, width));
                }
                sum
            })
            .collect();
        sums.iter().fold(DMatrix::zeros(dim, width), |total, sum| {
            total + DMatrix::from_row_slice(dim, width, sum).map(f64::from)
        })
    }
}

fn row_major(matrix: &DMatrix<f64>) -> Vec<f32> {
    matrix.transpose().iter().map(|&value| value as f32).collect()
}

impl<'a> Covariance<'a> {
    /// # Errors
    /// If it is cancelled.
    pub fn new(rows: Rows<'a>, job: &Job) -> Result<Self, Cancelled> {
        match rows {
            Rows::Images(dataset) if dataset.pixels() <= WHOLE => Self::whole(dataset, job),
            _ => Ok(Self::of_rows(rows)),
        }
    }

    pub fn of_rows(rows: Rows<'a>) -> Self {
        Self::Rows(Centred::new(rows))
    }

    /// In whole numbers, without any rounding up to the scaling.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn whole(dataset: &Dataset, job: &Job) -> Result<Self, Cancelled> {
        let (n, pixels) = (dataset.len(), dataset.pixels());
        // One more pixel, which is 1 in each image: its products are the sums of the others.
        let groups = (pixels + 1).div_ceil(GROUP);
        // For each group of pixels, those of its products with itself and the later ones.
        let mut sums: Vec<Vec<[[i64; GROUP]; GROUP]>> = (0..groups)
            .map(|group| vec![[[0; GROUP]; GROUP]; groups - group])
            .collect();
        let products = Products::new();
        for from in (0..n).step_by(IMAGES) {
            let to = n.min(from + IMAGES);
            let numbers: Vec<Vec<Group>> = (0..groups)
                .into_par_iter()
                .map(|group| pixels_of(dataset, from, to, group * GROUP))
                .collect();
            sums.par_iter_mut().enumerate().for_each(|(group, sums)| {
                for (sums, others) in sums.iter_mut().zip(&numbers[group..]) {
                    let found = products.sums(&numbers[group], others);
                    for (sum, &found) in sums.as_flattened_mut().iter_mut().zip(found.as_flattened()) {
                        *sum += i64::from(found);
                    }
                }
            });
            job.reached(to as u64, n as u64)?;
        }
        let sum = |a: usize, b: usize| {
            let (a, b) = (a.min(b), a.max(b));
            i128::from(sums[a / GROUP][b / GROUP - a / GROUP][a % GROUP][b % GROUP])
        };
        let scale: Vec<f64> = dataset
            .scaling()
            .scale()
            .iter()
            .map(|&scale| f64::from(scale) / 255.0)
            .collect();
        Ok(Self::Whole(DMatrix::from_fn(pixels, pixels, |a, b| {
            let about_mean = n as i128 * sum(a, b) - sum(a, pixels) * sum(b, pixels);
            about_mean as f64 / n.max(1) as f64 * scale[a] * scale[b]
        })))
    }

    /// `[dim, directions]`
    pub fn times(&self, directions: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Self::Whole(covariance) => covariance * directions,
            Self::Rows(rows) => rows.covariance_times(directions),
        }
    }
}

/// The grey values less 128 of a group of pixels in some images.
fn pixels_of(dataset: &Dataset, from: usize, to: usize, first: usize) -> Vec<Group> {
    let pixels = dataset.pixels();
    let last = pixels.min(first + GROUP);
    (from..to)
        .step_by(TOGETHER)
        .map(|serial| {
            let mut group = [0; GROUP * TOGETHER];
            for at in 0..TOGETHER.min(to - serial) {
                let image = dataset.image((serial + at) as u32).unwrap_or_default();
                for (place, &grey) in image[first.min(pixels)..last].iter().enumerate() {
                    group[place * TOGETHER + at] = (grey ^ 128) as i8;
                }
                if last == pixels && last - first < GROUP {
                    group[(last - first) * TOGETHER + at] = 1;
                }
            }
            group
        })
        .collect()
}
