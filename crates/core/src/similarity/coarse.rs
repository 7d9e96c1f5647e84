//! Samples in a few whole numbers of 8 bits, to rule out most pairs of samples by a fraction of the arithmetic of their distances.

use std::ops::Range;

use pulp::cast;

use super::features::Features;
use super::products::{Each, GROUP, Group, Products, Side, Sides, TOGETHER};

/// The largest whole number.
const LARGEST: f32 = 127.0;

/// Share of the samples that may have numbers beyond the largest.
const CLIPPED: f64 = 0.1;

/// Share of the samples' variance of which no more than the sum of squares is looked at.
const REST: f64 = 0.07;

/// Most numbers of a sample.
const MOST: usize = 256;

/// Less than any nearness.
const LEAST: i32 = -100_000_000;

/// Half the squared norm of the samples that a last group lacks: they are near to nothing.
const FAR: i32 = 400_000_000;

/// More than any nearness.
pub const UNREACHED: i32 = 100_000_000;

/// The features, changed so that no distance grows: about their mean; the leading dimensions as they are, of the others the
/// norm; scaled and clipped; rounded at last. −½ times the squared distance of two samples in these is called their nearness.
pub struct Coarse {
    products: Products,
    /// Groups of numbers of a sample.
    length: usize,
    /// `[samples in whole groups, length]`
    groups: Vec<Group>,
    /// Half the squared norms.
    halves: Vec<Each>,
    scale: f32,
    /// What rounding may add to a scaled distance.
    error: f32,
}

impl Coarse {
    /// Of features that are all finite.
    pub fn new(features: &Features) -> Self {
        let (samples, mean) = (features.len(), features.mean());
        let scale = scale(features, &mean);
        let (leading, rest) = leading(features, &mean, scale);
        let numbers = leading.len() + usize::from(!rest.is_empty());
        let length = numbers.div_ceil(TOGETHER);
        let whole = samples.div_ceil(GROUP);
        let mut coarse = Self {
            products: Products::new(),
            length,
            groups: vec![[0; GROUP * TOGETHER]; whole * length],
            halves: vec![[FAR; GROUP]; whole],
            scale,
            error: 0.0,
        };
        let norm = |row: &[f32]| {
            let squares = rest.iter().map(|&axis| f64::from(row[axis] - mean[axis]).powi(2));
            squares.sum::<f64>().sqrt() as f32
        };
        let norms: Vec<f32> = (0..samples).map(|serial| norm(features.row(serial))).collect();
        let usual = norms.iter().map(|&norm| f64::from(norm)).sum::<f64>() / samples.max(1) as f64;
        for (serial, norm) in norms.iter().enumerate() {
            let (mut squared, mut error) = (0, 0.0);
            let row = features.row(serial);
            let numbers = leading
                .iter()
                .map(|&axis| row[axis] - mean[axis])
                .chain((!rest.is_empty()).then_some(norm - usual as f32));
            let groups = &mut coarse.groups[serial / GROUP * length..][..length];
            for (at, number) in numbers.enumerate() {
                let scaled = (number * scale).clamp(-LARGEST, LARGEST);
                let rounded = scaled.round() as i8;
                error += (scaled - f32::from(rounded)).powi(2);
                squared += i32::from(rounded) * i32::from(rounded);
                groups[at / TOGETHER][serial % GROUP * TOGETHER + at % TOGETHER] = rounded;
            }
            coarse.halves[serial / GROUP][serial % GROUP] = squared / 2;
            coarse.error = coarse.error.max(error.sqrt());
        }
        coarse
    }

    /// What a nearness reaches wherever the distance is at most as given.
    pub fn bound(&self, distance: f32) -> i32 {
        // A ten-thousandth more for what the distances themselves round, and a little for the numbers before they are rounded.
        let far = distance * self.scale * 1.0001 + 2.0 * self.error + 0.02;
        if far.is_finite() {
            ((-0.5 * far * far - 2.0) as i32).max(LEAST)
        } else {
            LEAST
        }
    }

    /// Puts into `hits` the pairs of the samples of a group from `row` on with those of the groups from `column` on whose nearness
    /// reaches the bound of either.
    pub fn hits(
        &self,
        (row, row_bounds): (usize, &Each),
        (column, column_bounds): (usize, &[Each]),
        hits: &mut Vec<(u32, u32)>,
    ) {
        let first = column / GROUP;
        let columns = Sides {
            groups: &self.groups[first * self.length..][..column_bounds.len() * self.length],
            halves: &self.halves[first..][..column_bounds.len()],
            bounds: column_bounds,
        };
        self.products
            .reached(self.side(row, row_bounds), columns, |group, reached| {
                // A bit for each pair, the columns of four rows in each number.
                let reached: [u64; 4] = cast(reached);
                for (row, mut reached) in (row..).step_by(4).zip(reached) {
                    while reached != 0 {
                        let place = reached.trailing_zeros() as usize;
                        let column = column + group * GROUP + place % GROUP;
                        hits.push(((row + place / GROUP) as u32, column as u32));
                        reached &= reached - 1;
                    }
                }
            });
    }

    /// For each of the samples from `row` on (a whole group) a nearness that at least `count` of those from `column` on reach, and
    /// not many more; less than any where there are not so many.
    pub fn reached_by(&self, count: usize, row: usize, columns: Range<usize>) -> Each {
        let rows = &self.groups[row / GROUP * self.length..][..self.length];
        // The best of each sixteenth of the columns.
        let depth = count.div_ceil(GROUP) + 1;
        let mut best = vec![[-FAR; GROUP]; GROUP * depth];
        for column in columns.step_by(GROUP) {
            let columns = self.side(column, &[0; GROUP]);
            let sums = self.products.sums(rows, columns.groups);
            for (best, sums) in best.chunks_exact_mut(depth).zip(sums) {
                let mut next: Each = std::array::from_fn(|place| sums[place] - columns.halves[place]);
                for best in best {
                    for (best, next) in best.iter_mut().zip(&mut next) {
                        (*best, *next) = ((*best).max(*next), (*best).min(*next));
                    }
                }
            }
        }
        let halves = &self.halves[row / GROUP];
        let mut best = best.chunks_exact_mut(depth).zip(halves);
        std::array::from_fn(|_| {
            best.next().map_or(LEAST, |(best, half)| {
                let all = best.as_flattened_mut();
                let (_, &mut last, _) = all.select_nth_unstable_by(count - 1, |a, b| b.cmp(a));
                (last - half).max(LEAST)
            })
        })
    }

    fn side<'a>(&'a self, sample: usize, bounds: &'a Each) -> Side<'a> {
        let group = sample / GROUP;
        Side {
            groups: &self.groups[group * self.length..][..self.length],
            halves: &self.halves[group],
            bounds,
        }
    }
}

/// By which nearly all samples' numbers about their mean stay within the largest; 0 where there is none.
fn scale(features: &Features, mean: &[f32]) -> f32 {
    let mut largest: Vec<f32> = (0..features.len())
        .map(|serial| {
            let row = features.row(serial).iter().zip(mean);
            row.fold(0.0, |largest: f32, (value, mean)| {
                largest.max((value - mean).abs())
            })
        })
        .collect();
    if largest.is_empty() {
        return 0.0;
    }
    let clipped = (largest.len() as f64 * CLIPPED) as usize;
    let (_, &mut usual, _) = largest.select_nth_unstable_by(clipped, |a, b| b.total_cmp(a));
    let scale = LARGEST / usual;
    // Where numbers leave the range of full precision all samples are rounded to 0, and their own distances decide.
    if scale.is_normal() && usual.is_normal() {
        scale
    } else {
        0.0
    }
}

/// The dimensions with the largest variance, and the others.
fn leading(features: &Features, mean: &[f32], scale: f32) -> (Vec<usize>, Vec<usize>) {
    let mut variances = vec![0.0; features.dim()];
    for serial in 0..features.len() {
        for ((variance, value), mean) in variances.iter_mut().zip(features.row(serial)).zip(mean) {
            let scaled = ((value - mean) * scale).clamp(-LARGEST, LARGEST);
            *variance += f64::from(scaled * scaled);
        }
    }
    let mut leading: Vec<usize> = (0..features.dim()).collect();
    leading.sort_by(|&a, &b| variances[b].total_cmp(&variances[a]));
    let rest = REST * variances.iter().sum::<f64>();
    let mut behind = 0.0;
    let few = leading.iter().rev().take_while(|&&axis| {
        behind += variances[axis];
        behind <= rest
    });
    // In whole groups with the norm of the others.
    let few = leading.len() - few.count();
    let few = ((few + 1).next_multiple_of(TOGETHER) - 1).min(MOST - 1);
    let rest = leading.split_off(few.min(leading.len()));
    (leading, rest)
}
