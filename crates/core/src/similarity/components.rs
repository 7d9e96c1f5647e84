//! Principal components of the scaled images, or of other rows.

use nalgebra::{DMatrix, SymmetricEigen};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::dataset::Dataset;
use crate::job::{Cancelled, Job};

use super::covariance::{Centred, Covariance};
use super::features::Features;
use super::rows::Rows;

/// Directions that are kept.
pub const COMPONENTS: usize = 50;

/// Directions beyond those that are kept, which the last of them need to be found exactly.
const OVERSAMPLING: usize = 14;

/// Products with the covariances, each of which brings the directions closer to the principal ones.
const ITERATIONS: usize = 4;

/// Sum of squares along a direction below which it is rounding error: as a share of the largest, and per pixel.
const NOISE: f64 = 1e-10;
const NOISE_OF_PIXEL: f64 = 1e-13;

/// The images' coordinates along their leading principal components, 50 or as many as they have: by randomized
/// subspace iteration (Halko, Martinsson, Tropp 2011, "Finding structure with randomness", algorithm 4.4). Images that are
/// all alike have one coordinate, which is 0.
///
/// # Errors
/// If it is cancelled.
pub fn components(dataset: &Dataset, job: &Job) -> Result<Features, Cancelled> {
    components_of(Rows::Images(dataset), job)
}

/// The same of any rows.
///
/// # Errors
/// If it is cancelled.
pub fn components_of(rows: Rows, job: &Job) -> Result<Features, Cancelled> {
    let covariance = Covariance::new(rows, &job.part(0.0, 0.6))?;
    along(rows, &covariance, &job.part(0.6, 1.0))
}

fn along(rows: Rows, covariance: &Covariance, job: &Job) -> Result<Features, Cancelled> {
    let (n, dim) = (rows.len(), rows.dim());
    let width = (COMPONENTS + OVERSAMPLING).min(dim).min(n.max(1));
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut directions = DMatrix::from_fn(dim, width, |_, _| StandardNormal.sample(&mut random));
    for pass in 0..ITERATIONS {
        directions = covariance.times(&directions.qr().q());
        job.reached(pass as u64 + 1, ITERATIONS as u64 + 2)?;
    }
    // Within the space that was found, the principal directions are exact.
    let directions = directions.qr().q();
    let vectors = principal(
        directions.transpose() * covariance.times(&directions),
        NOISE_OF_PIXEL * (n * dim) as f64,
        COMPONENTS,
    );
    job.reached(ITERATIONS as u64 + 1, ITERATIONS as u64 + 2)?;
    let kept = vectors.ncols();
    if kept == 0 {
        return Ok(Features::new(vec![0.0; n], 1));
    }
    let values = Centred::new(rows).along(&(directions * vectors));
    Ok(Features::new(values, kept))
}

/// The `count` leading eigenvectors of a symmetric matrix, the one with the largest value first; fewer where the other values
/// are no more than `least` or rounding errors beside it.
fn principal(matrix: DMatrix<f64>, least: f64, count: usize) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(matrix);
    let mut order: Vec<usize> = (0..eigen.eigenvalues.len()).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let largest = order.first().map_or(0.0, |&first| eigen.eigenvalues[first]);
    order.truncate(count);
    order.retain(|&i| eigen.eigenvalues[i] > (NOISE * largest).max(least));
    eigen.eigenvectors.select_columns(&order)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        Job::new(|| {})
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
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn they_are_those_of_the_covariance_matrix() {
        for (n, size) in [(300, [6, 5]), (120, [12, 11]), (20, [7, 7])] {
            let dataset = Dataset::from_images(images(n, size[0] * size[1]), [size[0], size[1], 1], None);
            let (expected, values) = direct(&dataset);
            let whole = Covariance::whole(&dataset, &job()).unwrap();
            let rows = Rows::Images(&dataset);
            for covariance in [whole, Covariance::of_rows(rows)] {
                let found = along(rows, &covariance, &job()).unwrap();
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
    }

    #[test]
    fn those_of_other_rows_are_those_of_images_with_the_same_numbers() {
        let dataset = Dataset::from_images(images(200, 30), [5, 6, 1], None);
        let mut values = Vec::new();
        dataset.scaled_into(&(0..200).collect::<Vec<u32>>(), &mut values);
        let features = Features::new(values, 30);
        let rows = components_of(Rows::Features(&features), &job()).unwrap();
        let expected = components(&dataset, &job()).unwrap();
        for row in 0..200 {
            for column in 0..6 {
                let (own, other) = (rows.row(row)[column].abs(), expected.row(row)[column].abs());
                assert!((own - other).abs() < 1e-3, "{row} {column}: {own} {other}");
            }
        }
    }

    #[test]
    fn there_are_no_more_than_the_images_have() {
        let dataset = Dataset::from_images(images(300, 12), [3, 4, 1], None);
        assert_eq!(components(&dataset, &job()).unwrap().dim(), 12);
        let three = Dataset::from_images(images(3, 30), [5, 6, 1], None);
        assert_eq!(
            components(&three, &job()).unwrap().dim(),
            2,
            "three points lie in a plane"
        );
        let alike = Dataset::from_images(vec![7; 4 * 30], [5, 6, 1], None);
        let found = components(&alike, &job()).unwrap();
        assert_eq!((found.dim(), found.len()), (1, 4));
        assert!((0..4).all(|row| found.row(row) == [0.0]));
    }

    #[test]
    fn it_can_be_cancelled() {
        let job = job();
        job.cancel();
        let dataset = Dataset::from_images(images(30, 12), [3, 4, 1], None);
        assert_eq!(components(&dataset, &job).unwrap_err(), Cancelled);
    }
}
