//! [`Curve`]: how membership falls with the distance in the map.

use super::error::MapError;

/// Distances that the curve is fitted at.
const POINTS: usize = 300;

/// The fit has converged when a step changes less than this share of the parameters.
const CONVERGED: f64 = 1e-10;

/// Membership `1 / (1 + a d^(2b))` of two samples at a distance d in the map (McInnes et al. 2018, section 3.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Scale of the distance, above 0.
    pub a: f32,
    /// Half of the exponent, above 0.
    pub b: f32,
}

impl Curve {
    /// The curve nearest, by least squares at 300 distances from 0 to `3 spread`, to the one that is 1 up to `min_dist` and
    /// falls as `exp(−(d − min_dist) / spread)` from there, as `find_ab_params` of `umap-learn` fits it; by the method of
    /// Levenberg and Marquardt (Marquardt 1963) from a = b = 1.
    ///
    /// # Errors
    /// If `spread` is not above 0, or `min_dist` not from 0 to `spread`.
    pub fn fit(min_dist: f32, spread: f32) -> Result<Self, MapError> {
        if !(spread > 0.0 && spread.is_finite()) {
            let (name, must) = ("the spread", "above 0");
            return Err(MapError::Setting {
                name,
                value: spread,
                must,
            });
        }
        if !(0.0..=spread).contains(&min_dist) {
            let (name, must) = ("the minimum distance", "from 0 to the spread");
            return Err(MapError::Setting {
                name,
                value: min_dist,
                must,
            });
        }
        let (min_dist, spread) = (f64::from(min_dist), f64::from(spread));
        let wanted: Vec<(f64, f64)> = (0..POINTS)
            .map(|i| 3.0 * spread * i as f64 / (POINTS - 1) as f64)
            .map(|x| {
                (
                    x,
                    if x < min_dist {
                        1.0
                    } else {
                        (-(x - min_dist) / spread).exp()
                    },
                )
            })
            .collect();
        let (mut a, mut b, mut damping) = (1.0, 1.0, 1e-3);
        let mut error = squared_error(&wanted, a, b);
        for _ in 0..500 {
            let [aa, ab, bb, ra, rb] = normal_equations(&wanted, a, b);
            let (aa, bb) = (aa * (1.0 + damping), bb * (1.0 + damping));
            let determinant = aa * bb - ab * ab;
            let step_a = (bb * ra - ab * rb) / determinant;
            let step_b = (aa * rb - ab * ra) / determinant;
            let next = squared_error(&wanted, a + step_a, b + step_b);
            if a + step_a > 0.0 && b + step_b > 0.0 && next <= error {
                (a, b, error) = (a + step_a, b + step_b, next);
                damping = (damping / 10.0_f64).max(1e-12);
                if step_a.abs() < CONVERGED * a && step_b.abs() < CONVERGED * b {
                    break;
                }
            } else {
                damping *= 10.0;
            }
        }
        Ok(Self {
            a: a as f32,
            b: b as f32,
        })
    }
}

fn membership(x: f64, a: f64, b: f64) -> f64 {
    1.0 / (1.0 + a * x.powf(2.0 * b))
}

fn squared_error(wanted: &[(f64, f64)], a: f64, b: f64) -> f64 {
    wanted
        .iter()
        .map(|&(x, y)| (y - membership(x, a, b)).powi(2))
        .sum()
}

/// `[JᵀJ aa, ab, bb, Jᵀr a, b]` of the residuals r and their derivatives J by a and b.
fn normal_equations(wanted: &[(f64, f64)], a: f64, b: f64) -> [f64; 5] {
    let mut sums = [0.0; 5];
    // At distance 0 the membership is 1 whatever the parameters are.
    for &(x, y) in wanted.iter().filter(|point| point.0 > 0.0) {
        let (power, value) = (x.powf(2.0 * b), membership(x, a, b));
        let by_a = -power * value * value;
        let by_b = by_a * a * 2.0 * x.ln();
        let residual = y - value;
        let products = [
            by_a * by_a,
            by_a * by_b,
            by_b * by_b,
            by_a * residual,
            by_b * residual,
        ];
        for (sum, product) in sums.iter_mut().zip(products) {
            *sum += product;
        }
    }
    sums
}
