//! Samples in whole numbers of 16 bits, to rule out most pairs of samples by a fraction of the arithmetic of their distances.

use pulp::cast;
#[cfg(target_arch = "x86_64")]
use pulp::x86::{V3, V4};

use super::Features;

/// Samples that are compared at once, with so many others.
pub const GROUP: usize = 16;

/// Two dimensions of each of them.
type Group = [i16; 2 * GROUP];

/// The largest norm of a sample, so that no sum of products leaves 32 bits.
const LARGEST: f32 = 23_000.0;

/// Norms whose squares are numbers of full precision.
const SQUARED: std::ops::Range<f32> = 1e-15..1e15;

/// Less than any nearness.
const LEAST: i32 = -1_100_000_000;

/// Half the squared norm of the samples that a last group lacks: they are near to nothing.
const FAR: i32 = 1_300_000_000;

/// More than any nearness.
const UNREACHED: i32 = 1 << 29;

/// Features about their mean, scaled and rounded. −½ times the squared distance of two rounded samples is called their nearness.
pub struct Coarse {
    /// Pairs of dimensions.
    pairs: usize,
    /// `[n in whole groups, pairs]`: two dimensions of each sample of the group.
    groups: Vec<Group>,
    /// Half the squared norms, of whole groups.
    halves: Vec<i32>,
    scale: f32,
    /// What rounding may add to a scaled distance.
    error: f32,
}

impl Coarse {
    /// Of features that are all finite.
    pub fn new(features: &Features) -> Self {
        let (samples, pairs) = (features.len(), features.dim().div_ceil(2));
        let (mean, whole) = (features.mean(), samples.next_multiple_of(GROUP));
        let about_mean = |serial: usize| {
            features
                .row(serial)
                .iter()
                .zip(&mean)
                .map(|(value, mean)| value - mean)
        };
        let norm = |serial| about_mean(serial).map(|value| value * value).sum::<f32>().sqrt();
        let largest = (0..samples).map(norm).fold(0.0, f32::max);
        // Where squares leave the range of the numbers all samples are rounded to 0, and their own distances decide.
        let scale = if SQUARED.contains(&largest) {
            LARGEST / largest
        } else {
            0.0
        };
        let mut coarse = Self {
            pairs,
            groups: vec![[0; 2 * GROUP]; whole / GROUP * pairs],
            halves: vec![FAR; whole],
            scale,
            error: 0.0,
        };
        for serial in 0..samples {
            let (mut norm, mut error) = (0_i64, 0.0);
            for (axis, value) in about_mean(serial).enumerate() {
                let scaled = value * coarse.scale;
                let rounded = scaled.round() as i16;
                let off = scaled - f32::from(rounded);
                error += off * off;
                norm += i64::from(rounded) * i64::from(rounded);
                let place = 2 * (serial % GROUP) + axis % 2;
                coarse.groups[serial / GROUP * pairs + axis / 2][place] = rounded;
            }
            coarse.halves[serial] = (norm / 2) as i32;
            coarse.error = coarse.error.max(error.sqrt());
        }
        coarse
    }

    /// What a nearness reaches wherever the distance is at most as given.
    pub fn bound(&self, distance: f32) -> i32 {
        // A ten-thousandth more for what the distances themselves round.
        let far = distance * self.scale * 1.0001 + 2.0 * self.error + 1.0;
        if far.is_finite() {
            ((-0.5 * far * far - 4.0) as i32).max(LEAST)
        } else {
            LEAST
        }
    }

    /// Puts into `hits` the pairs of the samples from `row` on (at most [`GROUP`], a whole group) with those of `columns` (from a
    /// whole group on) whose nearness reaches the bound of either.
    pub fn hits(
        &self,
        (row, row_bounds): (usize, &[i32]),
        (column, column_bounds): (usize, &[i32]),
        hits: &mut Vec<(u32, u32)>,
    ) {
        let look = Look {
            coarse: self,
            row,
            row_bounds,
            column,
            column_bounds,
        };
        #[cfg(target_arch = "x86_64")]
        if let Some(kernel) = V4::try_new() {
            return kernel.vectorize(
                #[inline(always)]
                || look.with(kernel, hits),
            );
        } else if let Some(kernel) = V3::try_new() {
            return kernel.vectorize(
                #[inline(always)]
                || look.with(kernel, hits),
            );
        }
        look.with(Plain, hits);
    }
}

struct Look<'a> {
    coarse: &'a Coarse,
    row: usize,
    row_bounds: &'a [i32],
    column: usize,
    column_bounds: &'a [i32],
}

impl Look<'_> {
    #[inline(always)]
    fn with(self, kernel: impl Kernel, hits: &mut Vec<(u32, u32)>) {
        let Coarse {
            pairs,
            groups,
            halves,
            ..
        } = self.coarse;
        let group = |serial: usize| &groups[serial / GROUP * pairs..(serial / GROUP + 1) * pairs];
        let own = group(self.row);
        for (i, bounds) in self.column_bounds.chunks(GROUP).enumerate() {
            let from = self.column + i * GROUP;
            let sums = kernel.products(own, group(from));
            let mut bound = [UNREACHED; GROUP];
            bound[..bounds.len()].copy_from_slice(bounds);
            let mut half = [0; GROUP];
            half.copy_from_slice(&halves[from..from + GROUP]);
            for (row, (sums, &least)) in (self.row..).zip(sums.iter().zip(self.row_bounds)) {
                let mut reached = kernel.reached(sums, &half, halves[row], least, &bound);
                while reached != 0 {
                    hits.push((row as u32, from as u32 + reached.trailing_zeros()));
                    reached &= reached - 1;
                }
            }
        }
    }
}

/// What is asked of an instruction set.
trait Kernel: Copy {
    /// Products of the samples of a group with those of another, `[row, column]`.
    fn products(self, rows: &[Group], columns: &[Group]) -> [[i32; GROUP]; GROUP];

    /// The columns, a bit each, whose nearness to a row reaches the row's bound or their own.
    #[inline(always)]
    fn reached(
        self,
        products: &[i32; GROUP],
        halves: &[i32; GROUP],
        half: i32,
        least: i32,
        bounds: &[i32; GROUP],
    ) -> u16 {
        let mut reached = 0;
        for column in 0..GROUP {
            let nearness = products[column] - halves[column] - half;
            reached |= u16::from(nearness >= least.min(bounds[column])) << column;
        }
        reached
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for V4 {
    #[inline(always)]
    fn products(self, rows: &[Group], columns: &[Group]) -> [[i32; GROUP]; GROUP] {
        let mut sums = [self.splat_i32x16(0); GROUP];
        for (row, &column) in rows.iter().zip(columns) {
            let row: [i32; GROUP] = cast(*row);
            for (sum, row) in sums.iter_mut().zip(row) {
                let products =
                    self.multiply_wrapping_add_adjacent_i16x32(cast(column), cast(self.splat_i32x16(row)));
                *sum = self.wrapping_add_i32x16(*sum, products);
            }
        }
        cast(sums)
    }

    #[inline(always)]
    fn reached(
        self,
        products: &[i32; GROUP],
        halves: &[i32; GROUP],
        half: i32,
        least: i32,
        bounds: &[i32; GROUP],
    ) -> u16 {
        let far = self.wrapping_add_i32x16(cast(*halves), self.splat_i32x16(half));
        let nearness = self.wrapping_sub_i32x16(cast(*products), far);
        let least = self.min_i32x16(self.splat_i32x16(least), cast(*bounds));
        self.cmp_ge_i32x16(nearness, least).0
    }
}

#[cfg(target_arch = "x86_64")]
impl Kernel for V3 {
    #[inline(always)]
    fn products(self, rows: &[Group], columns: &[Group]) -> [[i32; GROUP]; GROUP] {
        let mut all = [[0; GROUP]; GROUP];
        // As many sums at once as there are registers for.
        for from in (0..GROUP).step_by(4) {
            let mut sums = [[self.splat_i32x8(0); 2]; 4];
            for (row, &column) in rows.iter().zip(columns) {
                let row: [i32; GROUP] = cast(*row);
                let halves: [pulp::i16x16; 2] = cast(column);
                for (sums, &row) in sums.iter_mut().zip(&row[from..]) {
                    let row = cast(self.splat_i32x8(row));
                    for (sum, half) in sums.iter_mut().zip(halves) {
                        let products = self.multiply_wrapping_add_adjacent_i16x16(half, row);
                        *sum = self.wrapping_add_i32x8(*sum, products);
                    }
                }
            }
            for (all, sums) in all[from..].iter_mut().zip(sums) {
                *all = cast(sums);
            }
        }
        all
    }
}

/// Whatever the machine has.
#[derive(Clone, Copy)]
struct Plain;

impl Kernel for Plain {
    #[inline(always)]
    fn products(self, rows: &[Group], columns: &[Group]) -> [[i32; GROUP]; GROUP] {
        let mut sums = [[0; GROUP]; GROUP];
        for (row, column) in rows.iter().zip(columns) {
            for (sums, a) in sums.iter_mut().zip(row.as_chunks::<2>().0) {
                for (sum, b) in sums.iter_mut().zip(column.as_chunks::<2>().0) {
                    *sum += i32::from(a[0]) * i32::from(b[0]) + i32::from(a[1]) * i32::from(b[1]);
                }
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers up to the largest that may come, of both signs.
    fn groups(seed: i32) -> Vec<Group> {
        let number = |i: i32| (i.wrapping_mul(seed) % 4600) as i16;
        (0..25)
            .map(|pair| std::array::from_fn(|place| number(pair * 97 + place as i32)))
            .collect()
    }

    fn multiplies(kernel: impl Kernel) {
        let (rows, columns) = (groups(7919), groups(-104_729));
        let products = kernel.products(&rows, &columns);
        for row in 0..GROUP {
            for column in 0..GROUP {
                let pairs = rows.iter().zip(&columns).flat_map(|(rows, columns)| {
                    let (rows, columns) = (&rows[2 * row..], &columns[2 * column..]);
                    [0, 1].map(|half| i32::from(rows[half]) * i32::from(columns[half]))
                });
                assert_eq!(products[row][column], pairs.sum::<i32>(), "{row} {column}");
            }
            let (halves, bounds) = (products[1].map(|x| x / 3), products[2]);
            let reached = kernel.reached(&products[row], &halves, 77, products[row][5], &bounds);
            for column in 0..GROUP {
                let nearness = products[row][column] - halves[column] - 77;
                let expected = nearness >= products[row][5] || nearness >= bounds[column];
                assert_eq!(reached >> column & 1 == 1, expected, "{row} {column}");
            }
        }
    }

    #[test]
    fn products_are_those_of_the_numbers() {
        multiplies(Plain);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn and_so_they_are_in_each_instruction_set() {
        if let Some(kernel) = V3::try_new() {
            multiplies(kernel);
        }
        if let Some(kernel) = V4::try_new() {
            multiplies(kernel);
        }
    }
}
