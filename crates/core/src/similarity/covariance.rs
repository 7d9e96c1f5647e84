//! Products of the scaled images' covariances with directions.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::gemm::{Matrix, multiply};
use crate::job::{Cancelled, Job};

use super::products::{GROUP, Group, Products, TOGETHER};

/// Up to as many pixels each pair of them is multiplied once; above that the images are multiplied with the directions each time.
const WHOLE: usize = 2048;

/// Images whose pixels are multiplied at once.
const IMAGES: usize = 4096;

/// Images that one product with directions takes.
const BLOCK: usize = 512;

/// Numbers that the partial sums of all threads may hold together.
const PARTIAL: usize = 32 << 20;

/// Sums over the images of the products of two pixels about their means.
pub enum Covariance<'a> {
    /// `[pixels, pixels]`
    Whole(DMatrix<f64>),
    /// Of images that have too many pixels for that.
    Images(Centred<'a>),
}

/// Scaled images about their mean.
pub struct Centred<'a> {
    dataset: &'a Dataset,
    mean: Vec<f32>,
}

impl<'a> Centred<'a> {
    pub fn new(dataset: &'a Dataset) -> Self {
        let sums = (0..dataset.len() as u32)
            .into_par_iter()
            .fold(
                || vec![0_u64; dataset.pixels()],
                |mut sums, serial| {
                    for (sum, &pixel) in sums.iter_mut().zip(dataset.image(serial).unwrap_or_default()) {
                        *sum += u64::from(pixel);
                    }
                    sums
                },
            )
            .reduce(
                || vec![0; dataset.pixels()],
                |mut all, sums| {
                    all.iter_mut().zip(sums).for_each(|(all, sum)| *all += sum);
                    all
                },
            );
        let n = dataset.len().max(1) as f64;
        let scaling = dataset.scaling();
        let means = sums.iter().zip(scaling.scale().iter().zip(scaling.offset()));
        let mean = means.map(|(&sum, (&scale, &offset))| {
            (sum as f64 / n / 255.0 * f64::from(scale) + f64::from(offset)) as f32
        });
        Self {
            dataset,
            mean: mean.collect(),
        }
    }

    /// `[serials.len(), pixels]`
    fn images(&self, from: usize, to: usize, out: &mut Vec<f32>) {
        let serials: Vec<u32> = (from as u32..to as u32).collect();
        self.dataset.scaled_into(&serials, out);
        for image in out.chunks_exact_mut(self.mean.len()) {
            for (pixel, mean) in image.iter_mut().zip(&self.mean) {
                *pixel -= mean;
            }
        }
    }

    /// `X · directions` for the images X, `[n, directions]` row-major.
    pub fn along(&self, directions: &DMatrix<f64>) -> Vec<f32> {
        let (width, directions) = (directions.ncols(), row_major(directions));
        let mut along = vec![0.0; self.dataset.len() * width];
        along
            .par_chunks_mut(BLOCK * width)
            .enumerate()
            .for_each_init(Vec::new, |images, (i, out)| {
                let from = i * BLOCK;
                self.images(from, from + out.len() / width, images);
                let images = Matrix::new(images, self.mean.len());
                multiply(out, false, images, Matrix::new(&directions, width));
            });
        along
    }

    /// `Xᵀ (X · directions)`, `[pixels, directions]`.
    fn covariance_times(&self, directions: &DMatrix<f64>) -> DMatrix<f64> {
        let (n, pixels, width) = (self.dataset.len(), self.mean.len(), directions.ncols());
        let directions = row_major(directions);
        // As many parts as their sums have room for, always the same ones, so that the rounding does not depend on the threads.
        let parts = (PARTIAL / (pixels * width)).clamp(2, 16);
        let length = n.div_ceil(parts).max(1);
        let sums: Vec<Vec<f32>> = (0..parts)
            .into_par_iter()
            .map(|part| {
                let (mut images, mut along) = (Vec::new(), Vec::new());
                let mut sum = vec![0.0; pixels * width];
                let (from, to) = (n.min(part * length), n.min((part + 1) * length));
                for from in (from..to).step_by(BLOCK) {
                    let to = to.min(from + BLOCK);
                    self.images(from, to, &mut images);
                    along.resize((to - from) * width, 0.0);
                    let images = Matrix::new(&images, pixels);
                    multiply(&mut along, false, images, Matrix::new(&directions, width));
                    multiply(&mut sum, true, images.transposed(), Matrix::new(&along, width));
                }
                sum
            })
            .collect();
        sums.iter().fold(DMatrix::zeros(pixels, width), |total, sum| {
            total + DMatrix::from_row_slice(pixels, width, sum).map(f64::from)
        })
    }
}

fn row_major(matrix: &DMatrix<f64>) -> Vec<f32> {
    matrix.transpose().iter().map(|&value| value as f32).collect()
}

impl<'a> Covariance<'a> {
    /// # Errors
    /// If it is cancelled.
    pub fn new(dataset: &'a Dataset, job: &Job) -> Result<Self, Cancelled> {
        if dataset.pixels() <= WHOLE {
            Self::whole(dataset, job)
        } else {
            Ok(Self::of_images(dataset))
        }
    }

    pub fn of_images(dataset: &'a Dataset) -> Self {
        Self::Images(Centred::new(dataset))
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

    /// `[pixels, directions]`
    pub fn times(&self, directions: &DMatrix<f64>) -> DMatrix<f64> {
        match self {
            Self::Whole(covariance) => covariance * directions,
            Self::Images(images) => images.covariance_times(directions),
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
