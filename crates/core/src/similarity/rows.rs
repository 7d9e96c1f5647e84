//! [`Rows`]: what principal components are looked for in.

use rayon::prelude::*;

use super::features::Features;
use crate::dataset::Dataset;

/// A row of numbers for each sample.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    /// The scaled images.
    Images(&'a Dataset),
    /// Any others, all of them finite.
    Features(&'a Features),
}

impl Rows<'_> {
    /// Number of samples.
    pub fn len(self) -> usize {
        match self {
            Self::Images(dataset) => dataset.len(),
            Self::Features(features) => features.len(),
        }
    }

    /// Numbers of a row.
    pub fn dim(self) -> usize {
        match self {
            Self::Images(dataset) => dataset.pixels(),
            Self::Features(features) => features.dim(),
        }
    }

    /// The mean row, `[dim]`.
    pub fn mean(self) -> Vec<f32> {
        let dataset = match self {
            Self::Images(dataset) => dataset,
            Self::Features(features) => return features.mean(),
        };
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
        mean.collect()
    }

    /// `out` becomes the rows of the samples `from..to`, `[to - from, dim]`.
    pub fn copy(self, from: usize, to: usize, out: &mut Vec<f32>) {
        match self {
            Self::Images(dataset) => {
                let serials: Vec<u32> = (from as u32..to as u32).collect();
                dataset.scaled_into(&serials, out);
            }
            Self::Features(features) => {
                let dim = features.dim();
                out.clear();
                out.extend_from_slice(&features.values()[from * dim..to * dim]);
            }
        }
    }
}
