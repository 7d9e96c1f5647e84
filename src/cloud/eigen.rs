//! Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations: slow, short and exact, for a few
//! hundred rows at most.

/// Pairs of eigenvalue and unit eigenvector of a symmetric row-major `[n, n]` matrix, in no order.
pub fn eigen(matrix: &[f64], n: usize) -> Vec<(f64, Vec<f64>)> {
    const SWEEPS: usize = 64;
    let mut a = matrix.to_vec();
    // Row i is the i-th eigenvector in the end.
    let mut vectors = vec![0.0; n * n];
    (0..n).for_each(|i| vectors[i * n + i] = 1.0);
    let total: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| a[i * n + j] * a[i * n + j])
            .sum();
        if off <= total * 1e-28 || off.is_nan() {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, n, p, q);
            }
        }
    }
    (0..n)
        .map(|i| (a[i * n + i], vectors[i * n..(i + 1) * n].to_vec()))
        .collect()
}

/// One rotation in the plane of axes `p` and `q`, after which `a[p][q]` is zero.
fn rotate(a: &mut [f64], vectors: &mut [f64], n: usize, p: usize, q: usize) {
    let off = a[p * n + q];
    if off == 0.0 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * off);
    let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for k in 0..n {
        let (x, y) = (a[k * n + p], a[k * n + q]);
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for k in 0..n {
        let (x, y) = (a[p * n + k], a[q * n + k]);
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        let (x, y) = (vectors[p * n + k], vectors[q * n + k]);
        vectors[p * n + k] = c * x - s * y;
        vectors[q * n + k] = s * x + c * y;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_matrix_has_its_known_eigenvalues() {
        let mut pairs = eigen(&[2.0, 1.0, 0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 5.0], 3);
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let values: Vec<f64> = pairs.iter().map(|pair| pair.0).collect();
        assert!(
            values
                .iter()
                .zip([1.0, 3.0, 5.0])
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{values:?}"
        );
        assert!((pairs[1].1[0].abs() - 0.5_f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn every_pair_satisfies_its_equation() {
        let n = 40;
        let entry =
            |i: usize, j: usize| (((i * 7 + j * 7) % 13) as f64 - 6.0) * ((i * j) as f64 + 1.0).sqrt();
        let matrix: Vec<f64> = (0..n * n).map(|at| entry(at / n, at % n)).collect();
        for (value, vector) in eigen(&matrix, n) {
            for i in 0..n {
                let image: f64 = (0..n).map(|j| matrix[i * n + j] * vector[j]).sum();
                assert!((image - value * vector[i]).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn what_is_not_finite_ends() {
        assert_eq!(eigen(&[f64::NAN; 9], 3).len(), 3);
    }
}
