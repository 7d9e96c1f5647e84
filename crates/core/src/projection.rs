//! Latents of any dimension → the two or three coordinates that are shown.
//!
//! A latent with as many dimensions as are shown is shown as it is. A wider one is shown by its leading principal
//! components (Jolliffe 2002), turned onto the version before by an orthogonal Procrustes fit (Schönemann 1966), so
//! that the cloud neither flips nor spins from one version to the next.

use nalgebra::{DMatrix, SymmetricEigen};

use crate::procrustes::{rotate, rotation};

/// Remembers what was shown, to align the next version with it.
#[derive(Clone, Debug, Default)]
pub struct Projector {
    /// Centred coordinates of the version before and how many of the three are in use.
    shown: Option<(usize, Vec<[f32; 3]>)>,
    /// Where the origin of what is shown lies, and the unit vector along each of its axes; `None` where latents are shown
    /// as they are.
    basis: Option<(Vec<f64>, Vec<Vec<f64>>)>,
    explained: Option<f32>,
    latent_dim: usize,
}

impl Projector {
    /// `latents`, row-major `[n, latent_dim]`, as `n` positions, of which the first `axes` (2 or 3) coordinates are used and
    /// the others 0. A sample whose latent is not finite has NaN in those.
    pub fn project(&mut self, latents: &[f32], latent_dim: usize, axes: usize) -> Vec<[f32; 3]> {
        let rows = latents.chunks_exact(latent_dim.max(1));
        self.latent_dim = latent_dim;
        if latent_dim <= axes {
            self.shown = None;
            self.basis = None;
            self.explained = None;
            return rows
                .map(|row| std::array::from_fn(|i| row.get(i).copied().unwrap_or(0.0)))
                .collect();
        }
        let mut components = principal_components(latents, latent_dim, axes);
        let mut positions: Vec<[f32; 3]> = rows
            .map(|row| {
                let finite = row.iter().all(|x| x.is_finite());
                std::array::from_fn(|i| match components.axes.get(i) {
                    Some(_) if !finite => f32::NAN,
                    Some(axis) => {
                        let centred = row
                            .iter()
                            .zip(&components.mean)
                            .map(|(x, mean)| f64::from(*x) - mean);
                        centred.zip(axis).map(|(x, weight)| x * weight).sum::<f64>() as f32
                    }
                    None => 0.0,
                })
            })
            .collect();
        if let Some((before_axes, before)) = &self.shown
            && *before_axes == axes
            && before.len() == positions.len()
        {
            let turn = align(&mut positions, before, axes);
            if let Some(turn) = turn {
                components.turn(&turn);
            }
        }
        self.explained = Some(components.explained);
        self.basis = Some((components.mean, components.axes));
        self.shown = Some((axes, positions.clone()));
        positions
    }
}

impl Projector {
    /// The share of the latents' variance, in 0..=1, that the components shown last have; `None` where latents are shown as
    /// they are.
    pub fn explained(&self) -> Option<f32> {
        self.explained
    }

    /// The latent, `[latent_dim]`, that is shown at a position. Where several are, it is the one in the plane of the
    /// components.
    pub fn unproject(&self, position: [f32; 3]) -> Vec<f32> {
        match &self.basis {
            None => (0..self.latent_dim)
                .map(|i| position.get(i).copied().unwrap_or(0.0))
                .collect(),
            Some((mean, axes)) => mean
                .iter()
                .enumerate()
                .map(|(i, mean)| {
                    let along = axes.iter().zip(position).map(|(axis, x)| axis[i] * f64::from(x));
                    (mean + along.sum::<f64>()) as f32
                })
                .collect(),
        }
    }
}

struct Components {
    mean: Vec<f64>,
    /// Unit vectors `[axes][latent_dim]`, the largest variance first.
    axes: Vec<Vec<f64>>,
    /// The share of the variance that lies along the axes.
    explained: f32,
}

impl Components {
    /// The axes after the positions were multiplied by `turn` from the right.
    fn turn(&mut self, turn: &DMatrix<f64>) {
        let dim = self.mean.len();
        self.axes = (0..self.axes.len())
            .map(|j| {
                let coordinate = |k: usize| {
                    self.axes
                        .iter()
                        .enumerate()
                        .map(move |(i, axis)| axis[k] * turn[(i, j)])
                };
                (0..dim).map(|k| coordinate(k).sum()).collect()
            })
            .collect();
    }
}

/// Leading eigenvectors of the covariance of the finite rows; each points where its largest entry is positive.
fn principal_components(latents: &[f32], dim: usize, axes: usize) -> Components {
    let rows = || {
        latents
            .chunks_exact(dim)
            .filter(|row| row.iter().all(|x| x.is_finite()))
    };
    let count = rows().count().max(1) as f64;
    let mut mean = vec![0.0; dim];
    for row in rows() {
        for (sum, x) in mean.iter_mut().zip(row) {
            *sum += f64::from(*x) / count;
        }
    }
    let mut covariance = DMatrix::<f64>::zeros(dim, dim);
    let mut centred = vec![0.0; dim];
    for row in rows() {
        for ((c, x), m) in centred.iter_mut().zip(row).zip(&mean) {
            *c = f64::from(*x) - m;
        }
        for i in 0..dim {
            for j in 0..=i {
                covariance[(i, j)] += centred[i] * centred[j] / count;
            }
        }
    }
    covariance.fill_upper_triangle_with_lower_triangle();
    let eigen = SymmetricEigen::new(covariance);
    let mut order: Vec<usize> = (0..dim).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let variance = |columns: &[usize]| -> f64 {
        let values = columns.iter().map(|&column| eigen.eigenvalues[column].max(0.0));
        values.sum()
    };
    let whole = variance(&order);
    let explained = if whole > 0.0 {
        variance(&order[..axes.min(dim)]) / whole
    } else {
        1.0
    };
    let axes = order
        .into_iter()
        .take(axes)
        .map(|column| {
            let axis: Vec<f64> = eigen.eigenvectors.column(column).iter().copied().collect();
            let largest = axis
                .iter()
                .copied()
                .fold(0.0, |a: f64, b| if b.abs() > a.abs() { b } else { a });
            axis.into_iter().map(|x| x * largest.signum()).collect()
        })
        .collect();
    Components {
        mean,
        axes,
        explained: explained as f32,
    }
}

/// Turns (and mirrors) `positions` as near to `before` as an orthogonal map can bring them, and returns that map.
fn align(positions: &mut [[f32; 3]], before: &[[f32; 3]], axes: usize) -> Option<DMatrix<f64>> {
    let turn = rotation(positions.iter().zip(before), axes)?;
    rotate(positions, &turn);
    Some(turn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    /// A cloud of `n` points in 5-D, longest along (0, 3, 4, 0, 0)/5, then along the last axis.
    fn cloud(n: usize) -> Vec<f32> {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut spread = |width: f32| (rng.random::<f32>() - 0.3) * width;
        (0..n)
            .flat_map(|_| {
                let (long, short, noise) = (spread(10.0), spread(4.0), spread(0.1));
                [noise, long * 0.6, long * 0.8, -noise, short]
            })
            .collect()
    }

    #[test]
    fn narrow_latents_are_shown_as_they_are() {
        let mut projector = Projector::default();
        assert_eq!(
            projector.project(&[1.0, 2.0, 3.0, 4.0], 2, 2),
            [[1.0, 2.0, 0.0], [3.0, 4.0, 0.0]]
        );
        assert_eq!(
            projector.project(&[1.0, 2.0], 1, 2),
            [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
        );
        assert_eq!(projector.project(&[1.0, 2.0, 3.0], 3, 3), [[1.0, 2.0, 3.0]]);
    }

    #[test]
    fn the_widest_directions_come_first() {
        let latents = cloud(500);
        let components = principal_components(&latents, 5, 2);
        let expected = [[0.0, 0.6, 0.8, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]];
        for (axis, expected) in components.axes.iter().zip(expected) {
            let cosine: f64 = axis.iter().zip(expected).map(|(a, b)| a * b).sum();
            assert!(cosine > 0.999, "{axis:?} is not along {expected:?}");
        }
    }

    #[test]
    fn a_turned_and_mirrored_version_stays_where_it_was() {
        let latents = cloud(500);
        let mut projector = Projector::default();
        let before = projector.project(&latents, 5, 2);
        let turned: Vec<f32> = latents
            .chunks_exact(5)
            .flat_map(|r| [-r[4], r[0], -r[1], -r[2], r[3]])
            .collect();
        let after = projector.project(&turned, 5, 2);
        for (a, b) in before.iter().zip(&after) {
            assert!(
                (a[0] - b[0]).abs() < 1e-3 && (a[1] - b[1]).abs() < 1e-3,
                "{a:?} went to {b:?}"
            );
        }
    }

    #[test]
    fn a_shown_place_leads_back_to_a_latent_that_is_shown_there() {
        let latents = cloud(500);
        let mut projector = Projector::default();
        projector.project(&latents, 5, 2);
        let turned: Vec<f32> = latents
            .chunks_exact(5)
            .flat_map(|r| [-r[4], r[0], -r[1], -r[2], r[3]])
            .collect();
        let shown = projector.project(&turned, 5, 2);
        for (position, latent) in shown.iter().zip(turned.chunks_exact(5)) {
            let back = projector.unproject(*position);
            // Across the two components this cloud is but 0.1 wide.
            let away: f32 = back.iter().zip(latent).map(|(a, b)| (a - b).powi(2)).sum();
            assert!(away.sqrt() < 0.2, "{back:?} is not {latent:?}");
        }
        let mut flat = Projector::default();
        flat.project(&[1.0, 2.0], 2, 2);
        assert_eq!(flat.unproject([7.0, 8.0, 0.0]), [7.0, 8.0]);
    }

    #[test]
    fn what_is_not_finite_does_not_spoil_the_others() {
        let mut latents = cloud(50);
        latents[7] = f32::NAN;
        let positions = Projector::default().project(&latents, 5, 3);
        assert!(positions[1].iter().all(|x| x.is_nan()));
        assert!(
            positions
                .iter()
                .enumerate()
                .all(|(i, p)| i == 1 || p.iter().all(|x| x.is_finite()))
        );
    }
}
