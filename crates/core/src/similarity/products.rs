//! Sums of products of whole numbers of 8 bits, by the widest instructions that the machine has for them.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod vnni;

/// Rows, and columns, of a product.
pub const GROUP: usize = 16;

/// Numbers of each that lie side by side.
pub const TOGETHER: usize = 4;

/// `[GROUP, TOGETHER]`: a few numbers of each row, or of each column.
pub type Group = [i8; GROUP * TOGETHER];

/// A number for each of a group.
pub type Each = [i32; GROUP];

/// Groups of a product, so that no sum leaves 32 bits.
pub const MOST: usize = 16_384;

/// What is compared with what: half the squared norms of the vectors of a group, and what a nearness to them has to reach.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    pub groups: &'a [Group],
    pub halves: &'a Each,
    pub bounds: &'a Each,
}

/// Many groups of those.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    pub groups: &'a [Group],
    pub halves: &'a [Each],
    pub bounds: &'a [Each],
}

impl<'a> Sides<'a> {
    /// Each with its number; `length`: groups of numbers of a vector, at least one.
    #[inline(always)]
    fn each(self, length: usize) -> impl Iterator<Item = (usize, Side<'a>)> {
        let halves = self.halves.iter().zip(self.bounds);
        let sides = self.groups.chunks_exact(length).zip(halves);
        let side = |(groups, (halves, bounds))| Side {
            groups,
            halves,
            bounds,
        };
        sides.map(side).enumerate()
    }
}

/// A set of instructions.
#[derive(Clone, Copy)]
pub enum Products {
    #[cfg(target_arch = "x86_64")]
    Vnni(vnni::Vnni),
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    Plain,
}

impl Products {
    /// The widest that the machine has.
    pub fn new() -> Self {
        Self::all().next().unwrap_or(Self::Plain)
    }

    /// All that the machine has, the widest first.
    fn all() -> impl Iterator<Item = Self> {
        #[cfg(target_arch = "x86_64")]
        let own = [
            vnni::Vnni::try_new().map(Self::Vnni),
            avx2::Avx2::try_new().map(Self::Avx2),
        ];
        #[cfg(not(target_arch = "x86_64"))]
        let own = [None];
        own.into_iter().flatten().chain([Self::Plain])
    }

    /// `[row, column]`: sums of the products of the rows' numbers with the columns'; of as many groups as both have.
    ///
    /// # Panics
    /// If the rows have more than [`MOST`].
    pub fn sums(self, rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
        assert!(rows.len() <= MOST, "sums of {} groups leave 32 bits", rows.len());
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vnni(set) => set.sums(rows, columns),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(set) => set.sums(rows, columns),
            Self::Plain => plain(rows, columns),
        }
    }

    /// `found` is called for each group of columns, with its number, and for each row the columns, a bit each, whose nearness to
    /// it (the product less the halves of both) reaches its bound or their own.
    pub fn reached(self, rows: Side, columns: Sides, mut found: impl FnMut(usize, [u16; GROUP])) {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Vnni(set) => set.reached(rows, columns, &mut found),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(set) => set.reached(rows, columns, &mut found),
            Self::Plain => {
                for (i, columns) in columns.each(rows.groups.len()) {
                    found(i, compared(&plain(rows.groups, columns.groups), rows, columns));
                }
            }
        }
    }
}

#[inline(always)]
fn plain(rows: &[Group], columns: &[Group]) -> [Each; GROUP] {
    let mut sums = [[0; GROUP]; GROUP];
    for (row, column) in rows.iter().zip(columns) {
        let (row, column) = (row.as_chunks::<TOGETHER>().0, column.as_chunks::<TOGETHER>().0);
        for (sums, a) in sums.iter_mut().zip(row) {
            let a = a.map(i32::from);
            for (sum, b) in sums.iter_mut().zip(column) {
                let b = b.map(i32::from);
                *sum += (a[0] * b[0] + a[1] * b[1]) + (a[2] * b[2] + a[3] * b[3]);
            }
        }
    }
    sums
}

#[inline(always)]
fn compared(sums: &[Each; GROUP], rows: Side, columns: Side) -> [u16; GROUP] {
    std::array::from_fn(|row| {
        let (half, bound) = (rows.halves[row], rows.bounds[row]);
        let columns = columns.halves.iter().zip(columns.bounds);
        let mut reached = 0;
        for (column, (sum, (column_half, &own))) in sums[row].iter().zip(columns).enumerate() {
            reached |= u16::from(sum - column_half - half >= bound.min(own)) << column;
        }
        reached
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of all sizes and both signs, the extremes among them.
    fn groups(seed: usize) -> Vec<Group> {
        let number = |i: usize| match i.wrapping_mul(seed) % 300 {
            number @ 0..256 => (number as u8) as i8,
            number if number < 280 => i8::MIN,
            _ => i8::MAX,
        };
        let group = |group: usize| std::array::from_fn(|place| number(group * 977 + place));
        (0..25).map(group).collect()
    }

    fn number(group: &[Group], vector: usize, at: usize) -> i32 {
        i32::from(group[at / TOGETHER][vector * TOGETHER + at % TOGETHER])
    }

    #[test]
    fn sums_are_those_of_the_numbers_in_each_instruction_set() {
        let (rows, columns) = (groups(7919), groups(104_729));
        for set in Products::all() {
            for length in [0, 1, 2, 7, 25] {
                let sums = set.sums(&rows[..length], &columns[..length]);
                for (row, sums) in sums.iter().enumerate() {
                    for (column, sum) in sums.iter().enumerate() {
                        let product = |at| number(&rows, row, at) * number(&columns, column, at);
                        let expected: i32 = (0..length * TOGETHER).map(product).sum();
                        assert_eq!(*sum, expected, "{row} {column} of {length}");
                    }
                }
            }
        }
    }

    #[test]
    #[cfg_attr(
        debug_assertions,
        ignore = "slow without optimisation; cargo test --release runs it"
    )]
    fn no_sum_leaves_its_range_in_any_instruction_set() {
        for (a, b) in [(i8::MIN, i8::MIN), (i8::MIN, i8::MAX), (i8::MAX, i8::MAX)] {
            let (rows, columns) = (vec![[a; 64]; MOST], vec![[b; 64]; MOST]);
            let expected = i32::from(a) * i32::from(b) * (MOST * TOGETHER) as i32;
            for set in Products::all() {
                assert_eq!(set.sums(&rows, &columns), [[expected; GROUP]; GROUP]);
            }
        }
    }

    #[test]
    fn what_reaches_a_bound_does_so_in_each_instruction_set() {
        let (rows, columns) = (groups(7919), groups(104_729));
        let sums = plain(&rows, &columns);
        let (row_halves, column_halves) = (sums[0].map(|x| x / 3), sums[1].map(|x| x / 5));
        // Some are reached exactly, some are missed by one.
        let row_bounds =
            std::array::from_fn(|row| sums[row][5] - row_halves[row] - column_halves[5] + (row % 2) as i32);
        let column_bounds = std::array::from_fn(|column| {
            sums[3][column] - row_halves[3] - column_halves[column] + (column % 2) as i32
        });
        let rows = Side {
            groups: &rows,
            halves: &row_halves,
            bounds: &row_bounds,
        };
        // The same columns twice, then without bounds of their own.
        let columns = Sides {
            groups: &[&columns[..], &columns[..]].concat(),
            halves: &[column_halves; 2],
            bounds: &[column_bounds, [i32::MAX / 2; GROUP]],
        };
        for set in Products::all() {
            let mut calls = 0;
            set.reached(rows, columns, |group, reached| {
                assert_eq!(group, calls);
                calls += 1;
                for (row, sums) in sums.iter().enumerate() {
                    for (column, sum) in sums.iter().enumerate() {
                        let nearness = sum - row_halves[row] - column_halves[column];
                        let own = group == 0 && nearness >= column_bounds[column];
                        let expected = own || nearness >= row_bounds[row];
                        assert_eq!(reached[row] >> column & 1 == 1, expected, "{row} {column}");
                    }
                }
            });
            assert_eq!(calls, 2);
        }
    }
}
