//! Principal components of the scaled images.

use nalgebra::{DMatrix, SymmetricEigen};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

use crate::dataset::Dataset;
use crate::effort::{Cancelled, Effort};
use crate::product::{Matrix, multiply};

use super::Features;

/// Directions that are kept.
pub const COMPONENTS: usize = 50;

/// Directions beyond those that are kept, which the last of them need to be found exactly.
const OVERSAMPLING: usize = 14;

/// Passes over the images, each of which brings the directions closer to the principal ones.
const ITERATIONS: usize = 4;

/// Images that one product takes.
const BLOCK: usize = 512;

/// Numbers that the partial sums of all threads may hold together.
const PARTIAL: usize = 32 << 20;

/// Sum of squares along a direction below which it is rounding error: as a share of the largest, and per pixel.
const NOISE: f64 = 1e-10;
const NOISE_OF_PIXEL: f64 = 1e-13;

/// The images' coordinates along their leading principal components, [`COMPONENTS`] or as many as they have: by randomized
/// subspace iteration (Halko, Martinsson, Tropp 2011, "Finding structure with randomness", algorithm 4.4). Images that are
/// all alike have one coordinate, which is 0.
///
/// # Errors
/// If it is cancelled.
pub fn components(dataset: &Dataset, effort: &Effort) -> Result<Features, Cancelled> {
    let (n, pixels) = (dataset.len(), dataset.pixels());
    let width = (COMPONENTS + OVERSAMPLING).min(pixels).min(n.max(1));
    let mean = mean(dataset);
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut directions: Vec<f32> = (0..pixels * width)
        .map(|_| StandardNormal.sample(&mut random))
        .collect();
    for pass in 0..ITERATIONS {
        directions = orthonormal(&directions, width);
        directions = covariance_times(dataset, &mean, &directions, width);
        effort.reached(pass as u64 + 1, ITERATIONS as u64 + 1)?;
    }
    let directions = orthonormal(&directions, width);
    // Within the space that was found, the principal directions are exact.
    let projected = project(dataset, &mean, &directions, width);
    let vectors = principal(
        gram(&projected, width),
        NOISE_OF_PIXEL * (n * pixels) as f64,
        COMPONENTS,
    );
    let kept = vectors.len() / width.max(1);
    if kept == 0 {
        return Ok(Features::new(vec![0.0; n], 1));
    }
    let mut values = vec![0.0; n * kept];
    values
        .par_chunks_mut(BLOCK * kept)
        .zip(projected.par_chunks(BLOCK * width))
        .for_each(|(out, rows)| multiply(out, false, Matrix::new(rows, width), Matrix::new(&vectors, kept)));
    Ok(Features::new(values, kept))
}

fn mean(dataset: &Dataset) -> Vec<f32> {
    let mut sums = vec![0_u64; dataset.pixels()];
    for serial in 0..dataset.len() as u32 {
        let image = dataset.image(serial).unwrap_or_default();
        for (sum, &pixel) in sums.iter_mut().zip(image) {
            *sum += u64::from(pixel);
        }
    }
    let n = dataset.len().max(1) as f64;
    let scaling = dataset.scaling();
    let means = sums.iter().zip(scaling.scale().iter().zip(scaling.offset()));
    means
        .map(|(&sum, (&scale, &offset))| {
            (sum as f64 / n / 255.0 * f64::from(scale) + f64::from(offset)) as f32
        })
        .collect()
}

/// Scaled images less their mean, `[serials.len(), pixels]`.
fn centred(dataset: &Dataset, mean: &[f32], from: usize, to: usize, out: &mut Vec<f32>) {
    let serials: Vec<u32> = (from as u32..to as u32).collect();
    dataset.scaled_into(&serials, out);
    for image in out.chunks_exact_mut(mean.len()) {
        for (pixel, mean) in image.iter_mut().zip(mean) {
            *pixel -= mean;
        }
    }
}

/// `Xᵀ (X · directions)` for the centred images X, `[pixels, width]`.
fn covariance_times(dataset: &Dataset, mean: &[f32], directions: &[f32], width: usize) -> Vec<f32> {
    let (n, pixels) = (dataset.len(), mean.len());
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
                centred(dataset, mean, from, to, &mut images);
                along.resize((to - from) * width, 0.0);
                let images = Matrix::new(&images, pixels);
                multiply(&mut along, false, images, Matrix::new(directions, width));
                multiply(&mut sum, true, images.transposed(), Matrix::new(&along, width));
            }
            sum
        })
        .collect();
    let mut total = vec![0.0; pixels * width];
    for sum in sums {
        for (total, value) in total.iter_mut().zip(sum) {
            *total += value;
        }
    }
    total
}

/// `X · directions`, `[n, width]`.
fn project(dataset: &Dataset, mean: &[f32], directions: &[f32], width: usize) -> Vec<f32> {
    let mut along = vec![0.0; dataset.len() * width];
    along
        .par_chunks_mut(BLOCK * width)
        .enumerate()
        .for_each(|(i, out)| {
            let mut images = Vec::new();
            let from = i * BLOCK;
            centred(dataset, mean, from, from + out.len() / width, &mut images);
            multiply(
                out,
                false,
                Matrix::new(&images, mean.len()),
                Matrix::new(directions, width),
            );
        });
    along
}

/// `rowsᵀ · rows`, `[width, width]`.
fn gram(rows: &[f32], width: usize) -> DMatrix<f64> {
    let parts: Vec<DMatrix<f64>> = rows
        .par_chunks(4096 * width)
        .map(|rows| {
            let rows = rows.iter().map(|&value| f64::from(value));
            let columns = DMatrix::from_iterator(width, rows.len() / width, rows);
            &columns * columns.transpose()
        })
        .collect();
    parts
        .iter()
        .fold(DMatrix::zeros(width, width), |sum, part| sum + part)
}

/// The `count` leading eigenvectors of a symmetric matrix, `[width, count]` row-major, the one with the largest value
/// first; fewer where the other values are no more than `least` or rounding errors beside it.
fn principal(matrix: DMatrix<f64>, least: f64, count: usize) -> Vec<f32> {
    let width = matrix.nrows();
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..width).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let largest = order.first().map_or(0.0, |&first| eigen.eigenvalues[first]);
    order.truncate(count);
    order.retain(|&i| eigen.eigenvalues[i] > (NOISE * largest).max(least));
    let at = (0..width).flat_map(|row| order.iter().map(move |&column| (row, column)));
    at.map(|at| eigen.eigenvectors[at] as f32).collect()
}

/// An orthonormal basis of the space of the columns of `matrix`, `[rows, width]`.
fn orthonormal(matrix: &[f32], width: usize) -> Vec<f32> {
    let rows = matrix.len() / width.max(1);
    let matrix = DMatrix::from_row_iterator(rows, width, matrix.iter().map(|&value| f64::from(value)));
    let basis = matrix.qr().q().transpose();
    basis.iter().map(|&value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effort() -> Effort {
        Effort::new(|| {})
    }

    /// Coordinates by the eigenvectors of the whole covariance matrix.
    fn direct(dataset: &Dataset) -> (DMatrix<f64>, Vec<f64>) {
        let (n, pixels) = (dataset.len(), dataset.pixels());
        let serials: Vec<u32> = (0..n as u32).collect();
        let mut images = Vec::new();
        dataset.scaled_into(&serials, &mut images);
        let mut images = DMatrix::from_row_slice(n, pixels, &images).map(f64::from);
        for mut column in images.column_iter_mut() {
            let mean = column.mean();
            column.add_scalar_mut(-mean);
        }
        let eigen = SymmetricEigen::new(images.transpose() * &images);
        let mut order: Vec<usize> = (0..pixels).collect();
        order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
        let vectors = DMatrix::from_fn(pixels, pixels, |row, column| {
            eigen.eigenvectors[(row, order[column])]
        });
        (
            images * vectors,
            order.iter().map(|&i| eigen.eigenvalues[i]).collect(),
        )
    }

    fn images(n: usize, pixels: usize) -> Vec<u8> {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut numbers = || -> f32 { StandardNormal.sample(&mut random) };
        let basis: Vec<f32> = (0..6 * pixels).map(|_| numbers()).collect();
        let mut all = Vec::new();
        for _ in 0..n {
            let own: Vec<f32> = (0..6).map(|i| numbers() * 40.0 / (1 + i) as f32).collect();
            all.extend((0..pixels).map(|pixel| {
                let sum: f32 = (0..6).map(|i| own[i] * basis[i * pixels + pixel]).sum();
                (128.0 + sum + numbers()).clamp(0.0, 255.0) as u8
            }));
        }
        all
    }

    #[test]
    fn they_are_those_of_the_covariance_matrix() {
        for (n, size) in [(300, [6, 5]), (120, [12, 11]), (20, [7, 7])] {
            let dataset = Dataset::from_images(images(n, size[0] * size[1]), size, None);
            let found = components(&dataset, &effort()).unwrap();
            let (expected, values) = direct(&dataset);
            // Those six stand out; each may point either way.
            for column in 0..6 {
                let own: Vec<f64> = (0..n).map(|row| f64::from(found.row(row)[column])).collect();
                let sign = (0..n)
                    .map(|row| own[row] * expected[(row, column)])
                    .sum::<f64>()
                    .signum();
                let error: f64 = (0..n)
                    .map(|row| (sign * own[row] - expected[(row, column)]).powi(2))
                    .sum();
                assert!(
                    error < 1e-4 * values[column],
                    "{n}: component {column} is off by {error}"
                );
            }
        }
    }

    #[test]
    fn there_are_no_more_than_the_images_have() {
        let dataset = Dataset::from_images(images(300, 12), [3, 4], None);
        assert_eq!(components(&dataset, &effort()).unwrap().dim(), 12);
        let three = Dataset::from_images(images(3, 30), [5, 6], None);
        assert_eq!(
            components(&three, &effort()).unwrap().dim(),
            2,
            "three points lie in a plane"
        );
        let alike = Dataset::from_images(vec![7; 4 * 30], [5, 6], None);
        let found = components(&alike, &effort()).unwrap();
        assert_eq!((found.dim(), found.len()), (1, 4));
        assert!((0..4).all(|row| found.row(row) == [0.0]));
    }

    #[test]
    fn it_can_be_cancelled() {
        let effort = effort();
        effort.cancel();
        let dataset = Dataset::from_images(images(30, 12), [3, 4], None);
        assert_eq!(components(&dataset, &effort).unwrap_err(), Cancelled);
    }
}
