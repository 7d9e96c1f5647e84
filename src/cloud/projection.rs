//! From the latent space to the displayed one. Up to the displayed number of axes the coordinates are shown as they
//! are; from more of them the leading principal components are, turned so that the cloud lies as it lay before.

use bevy::math::Vec3;
use rayon::prelude::*;

use super::eigen::eigen;

/// Rows that one task sums up. Fixed, so that the result does not depend on the number of threads.
const CHUNK: usize = 4096;

/// Displayed positions of `latents` (row-major, `dim` numbers per sample) with `axes` (2 or 3) axes. `previous` is
/// what was displayed of the same samples before, if anything was. Samples that are not finite come out as NaN.
pub fn project(latents: &[f32], dim: usize, axes: usize, previous: Option<&[Vec3]>) -> Vec<Vec3> {
    let axes = axes.clamp(1, 3);
    if dim == 0 {
        return Vec::new();
    }
    if dim <= axes {
        return latents
            .par_chunks_exact(dim)
            .map(|row| shown(row.iter().map(|&x| f64::from(x))))
            .collect();
    }
    let mean = mean(latents, dim);
    let components = principal_components(&covariance(latents, &mean), dim, axes);
    let mut positions: Vec<Vec3> = latents
        .par_chunks_exact(dim)
        .map(|row| {
            shown(components.iter().map(|component| {
                component
                    .iter()
                    .zip(row)
                    .zip(&mean)
                    .map(|((c, &x), m)| c * (f64::from(x) - m))
                    .sum()
            }))
        })
        .collect();
    if let Some(previous) = previous.filter(|previous| previous.len() == positions.len()) {
        align(&mut positions, previous, axes);
    }
    positions
}

fn shown(coordinates: impl Iterator<Item = f64>) -> Vec3 {
    let mut position = [0.0; 3];
    for (place, coordinate) in position.iter_mut().zip(coordinates) {
        *place = coordinate as f32;
    }
    let position = Vec3::from_array(position);
    if position.is_finite() { position } else { Vec3::NAN }
}

fn finite_rows(latents: &[f32], dim: usize) -> impl Iterator<Item = &[f32]> {
    latents
        .chunks_exact(dim)
        .filter(|row| row.iter().all(|x| x.is_finite()))
}

/// Sums of `width` numbers over chunks of rows, added up in the order of the chunks.
fn sums(latents: &[f32], dim: usize, width: usize, add: impl Fn(&mut [f64], &[f32]) + Sync) -> Vec<f64> {
    let partial: Vec<Vec<f64>> = latents
        .par_chunks(CHUNK * dim)
        .map(|chunk| {
            let mut sum = vec![0.0; width];
            finite_rows(chunk, dim).for_each(|row| add(&mut sum, row));
            sum
        })
        .collect();
    partial.into_iter().fold(vec![0.0; width], |mut total, sum| {
        total.iter_mut().zip(sum).for_each(|(total, part)| *total += part);
        total
    })
}

fn mean(latents: &[f32], dim: usize) -> Vec<f64> {
    let mut sum = sums(latents, dim, dim + 1, |sum, row| {
        row.iter()
            .zip(&mut *sum)
            .for_each(|(&x, sum)| *sum += f64::from(x));
        sum[dim] += 1.0;
    });
    let count = sum.pop().unwrap_or_default().max(1.0);
    sum.iter_mut().for_each(|sum| *sum /= count);
    sum
}

/// The scatter matrix, row-major `[dim, dim]`: the covariance but for a factor, which turns no axis.
fn covariance(latents: &[f32], mean: &[f64]) -> Vec<f64> {
    let dim = mean.len();
    let mut matrix = sums(latents, dim, dim * dim, |matrix, row| {
        for i in 0..dim {
            let left = f64::from(row[i]) - mean[i];
            for j in 0..=i {
                matrix[i * dim + j] += left * (f64::from(row[j]) - mean[j]);
            }
        }
    });
    for i in 0..dim {
        for j in 0..i {
            matrix[j * dim + i] = matrix[i * dim + j];
        }
    }
    matrix
}

/// The directions of the largest spread, each with its largest loading positive.
fn principal_components(covariance: &[f64], dim: usize, axes: usize) -> Vec<Vec<f64>> {
    let mut components = eigen(covariance, dim);
    components.sort_by(|a, b| b.0.total_cmp(&a.0));
    components.truncate(axes);
    for (_, component) in &mut components {
        let largest = component
            .iter()
            .copied()
            .fold(0.0, |max: f64, x| if x.abs() > max.abs() { x } else { max });
        if largest < 0.0 {
            component.iter_mut().for_each(|x| *x = -*x);
        }
    }
    components.into_iter().map(|(_, component)| component).collect()
}

/// Turns (or mirrors) positions about the origin so that they come closest to the previous ones: orthogonal
/// Procrustes.
fn align(positions: &mut [Vec3], previous: &[Vec3], axes: usize) {
    let pairs = || {
        positions
            .iter()
            .zip(previous)
            .filter(|(new, old)| new.is_finite() && old.is_finite())
    };
    let (mut center, mut count) = ([0.0; 3], 0.0);
    for (_, old) in pairs() {
        (0..axes).for_each(|axis| center[axis] += f64::from(old[axis]));
        count += 1.0;
    }
    if count == 0.0 {
        return;
    }
    // cross[i][j] = Σ old_i · new_j; the old positions are centred, and that suffices.
    let mut cross = vec![0.0; axes * axes];
    for (new, old) in pairs() {
        for i in 0..axes {
            for j in 0..axes {
                cross[i * axes + j] += (f64::from(old[i]) - center[i] / count) * f64::from(new[j]);
            }
        }
    }
    let turn = nearest_orthogonal(&cross, axes);
    positions.par_iter_mut().for_each(|position| {
        *position = shown((0..axes).map(|i| {
            (0..axes)
                .map(|j| turn[i * axes + j] * f64::from(position[j]))
                .sum()
        }));
    });
}

/// The orthogonal matrix `u·vᵀ` of the singular value decomposition `u·s·vᵀ` of a small square matrix.
fn nearest_orthogonal(matrix: &[f64], n: usize) -> Vec<f64> {
    let mut gram = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            gram[i * n + j] = (0..n).map(|k| matrix[k * n + i] * matrix[k * n + j]).sum();
        }
    }
    let mut pairs = eigen(&gram, n);
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut left: Vec<Vec<f64>> = Vec::new();
    for (_, right) in &pairs {
        let image = (0..n)
            .map(|i| (0..n).map(|k| matrix[i * n + k] * right[k]).sum())
            .collect();
        // Where the matrix says nothing about a direction, the direction itself is kept, then any axis.
        let axes = (0..n).map(|axis| (0..n).map(|i| f64::from(u8::from(i == axis))).collect());
        let candidates = [image, right.clone()].into_iter().chain(axes);
        let scale = pairs[0].0.max(0.0).sqrt();
        let found = candidates.enumerate().find_map(|(kind, candidate)| {
            perpendicular(candidate, &left, if kind == 0 { scale * 1e-9 } else { 1e-3 })
        });
        left.push(found.unwrap_or_else(|| right.clone()));
    }
    let mut product = vec![0.0; n * n];
    for (u, (_, v)) in left.iter().zip(&pairs) {
        for i in 0..n {
            for j in 0..n {
                product[i * n + j] += u[i] * v[j];
            }
        }
    }
    product
}

/// The unit vector along what of `vector` is perpendicular to `others`, unless that is shorter than `least`.
fn perpendicular(mut vector: Vec<f64>, others: &[Vec<f64>], least: f64) -> Option<Vec<f64>> {
    for other in others {
        let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
        vector.iter_mut().zip(other).for_each(|(x, o)| *x -= along * o);
    }
    let length = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    (length > least).then(|| vector.iter().map(|x| x / length).collect())
}

#[cfg(test)]
#[path = "projection_tests.rs"]
mod tests;
