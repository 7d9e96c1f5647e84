//! Orthogonal Procrustes fit (Schönemann 1966): how one layout is turned to lie on another.

use nalgebra::DMatrix;

/// The rotation or reflection that, multiplied from the right, brings the first of each pair as near as it can to the
/// second, `[axes, axes]`; each pair by its first `axes` coordinates, pairs that are not finite being passed over. `None`
/// if the decomposition does not converge.
pub fn rotation<'a>(
    pairs: impl Iterator<Item = (&'a [f32; 3], &'a [f32; 3])>,
    axes: usize,
) -> Option<DMatrix<f64>> {
    let mut cross = DMatrix::<f64>::zeros(axes, axes);
    for (from, to) in pairs {
        if !from.iter().chain(to).all(|x| x.is_finite()) {
            continue;
        }
        for i in 0..axes {
            for j in 0..axes {
                cross[(i, j)] += f64::from(from[i]) * f64::from(to[j]);
            }
        }
    }
    let svd = cross.svd(true, true);
    Some(svd.u? * svd.v_t?)
}

/// Multiplies each position by the rotation from the right.
pub fn rotate(positions: &mut [[f32; 3]], rotation: &DMatrix<f64>) {
    let axes = rotation.ncols();
    for position in positions {
        let old = *position;
        for (j, coordinate) in position.iter_mut().enumerate().take(axes) {
            *coordinate = (0..axes)
                .map(|i| f64::from(old[i]) * rotation[(i, j)])
                .sum::<f64>() as f32;
        }
    }
}
