//! [`Features`]: what samples are compared by.

/// A row of numbers per sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// `[n, dim]`, row-major.
    values: Vec<f32>,
    dim: usize,
}

impl Features {
    /// `values`: row-major `[n, dim]`.
    ///
    /// # Panics
    /// If they are not whole rows.
    pub fn new(values: Vec<f32>, dim: usize) -> Self {
        assert!(
            dim > 0 && values.len().is_multiple_of(dim),
            "features must be whole rows"
        );
        Self { values, dim }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.values.len() / self.dim
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// All numbers, `[n, dim]` row-major.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Numbers of a sample.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// The numbers of a sample, `[dim]`.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn row(&self, serial: usize) -> &[f32] {
        &self.values[serial * self.dim..(serial + 1) * self.dim]
    }

    /// Mean over the samples that are finite, `[dim]`.
    pub(crate) fn mean(&self) -> Vec<f32> {
        let (mut sums, mut count) = (vec![0.0_f64; self.dim], 0_usize);
        for serial in (0..self.len()).filter(|&serial| self.is_finite(serial)) {
            count += 1;
            for (sum, &value) in sums.iter_mut().zip(self.row(serial)) {
                *sum += f64::from(value);
            }
        }
        sums.into_iter()
            .map(|sum| (sum / count.max(1) as f64) as f32)
            .collect()
    }

    /// Whether all of a sample's numbers are.
    pub(crate) fn is_finite(&self, serial: usize) -> bool {
        self.row(serial).iter().all(|value| value.is_finite())
    }
}

/// Squared Euclidean distance of two rows of one length.
pub fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    // Sums beside each other, so that one need not wait for the other.
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += (a - b) * (a - b);
        }
    }
    let rest = a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b));
    sums.into_iter().chain(rest).sum()
}
