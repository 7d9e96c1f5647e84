//! Poisson learning (Calder, Cook, Thorpe & Slepčev, "Poisson learning", ICML 2020).

use rayon::prelude::*;

use crate::classes::ClassCount;
use crate::job::{Cancelled, Job};

use super::laplacian::{Equation, Laplacian};

/// Classes that are solved for at once, at most: as many numbers as a line of a cache has room for.
const LANES: usize = 16;

/// √degree times the value of each class, for each sample, `[n, classes]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    values: Vec<f32>,
    classes: ClassCount,
}

impl Field {
    /// Of all values 0.
    pub fn new(samples: usize, classes: ClassCount) -> Self {
        Self {
            values: vec![0.0; samples * classes.get()],
            classes,
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.values.len() / self.classes.get()
    }

    /// The values of a sample, `[classes]`.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn row(&self, serial: u32) -> &[f32] {
        let (from, width) = (serial as usize * self.classes.get(), self.classes.get());
        &self.values[from..from + width]
    }

    /// The same, to be changed.
    ///
    /// # Panics
    /// If there is no such sample.
    pub fn row_mut(&mut self, serial: u32) -> &mut [f32] {
        let (from, width) = (serial as usize * self.classes.get(), self.classes.get());
        &mut self.values[from..from + width]
    }

    /// The values of each sample, by rising serial.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.classes.get())
    }

    /// The same, in parallel.
    pub fn par_rows(&self) -> impl IndexedParallelIterator<Item = &[f32]> {
        self.values.par_chunks_exact(self.classes.get())
    }

    /// The same, to be changed.
    pub fn par_rows_mut(&mut self) -> impl IndexedParallelIterator<Item = &mut [f32]> {
        self.values.par_chunks_exact_mut(self.classes.get())
    }
}

/// Share of the right side's norm at which a solution is taken: beyond it, next to no class changes.
pub const TOLERANCE: f64 = 1e-3;

/// Solves `(D − W + τ) u = s` for each class: the source `s` of class k is 1 / n_k at each of its n_k labelled samples, so
/// that all classes weigh the same whatever their numbers of labels. That is the paper's equation (with its decision rule
/// for equal class priors), with a killing τ, by which the reach of a label is bounded; u_k is then the mean, over the
/// labels of class k, of the Green's function, and no label changes it where none of its class reaches.
///
/// With `killing` 0 the sources are made to sum to 0 within each component, as they are in the paper; n_k times the answer
/// is then its u.
///
/// `labelled` has serials with their classes. `start` and the answer have √degree · u of each class for each sample. `tolerance` is the norm of the residual, as a share of the right side's, at which the
/// equation is solved.
///
/// # Errors
/// If it is cancelled.
pub fn poisson(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    classes: ClassCount,
    killing: f32,
    tolerance: f64,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let mut counts = vec![0.0_f32; classes.get()];
    for &(_, class) in labelled {
        counts[usize::from(class)] += 1.0;
    }
    let weight = |class: u8| counts[usize::from(class)].recip();
    solve(
        laplacian,
        (labelled, classes),
        weight,
        (killing, tolerance),
        start,
        job,
    )
}

/// The same with a source of 1 at each labelled sample: how much the labels of each class say of a sample.
///
/// # Errors
/// If it is cancelled.
pub fn evidence(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    classes: ClassCount,
    killing: f32,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    solve(
        laplacian,
        (labelled, classes),
        |_| 1.0,
        (killing, TOLERANCE),
        start,
        job,
    )
}

fn solve(
    laplacian: &Laplacian,
    (labelled, classes): (&[(u32, u8)], ClassCount),
    weight: impl Fn(u8) -> f32,
    (killing, tolerance): (f32, f64),
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let graph = laplacian.graph();
    let mut source = Field::new(graph.len(), classes);
    for &(serial, class) in labelled {
        source.row_mut(serial)[usize::from(class)] += weight(class);
    }
    if killing == 0.0 {
        centre(&mut source, labelled, graph.components(), graph.component_count());
    }
    for &(serial, _) in labelled {
        let root = laplacian.inverse_root()[serial as usize];
        source.row_mut(serial).iter_mut().for_each(|value| *value *= root);
    }
    let equation = Equation {
        killing,
        fixed: None,
        tolerance,
    };
    solve_classes(laplacian, &equation, labelled, &source, start, job)
}

/// Solves an equation for the classes that have labels; the others' values are 0.
pub(super) fn solve_classes(
    laplacian: &Laplacian,
    equation: &Equation,
    labelled: &[(u32, u8)],
    source: &Field,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let mut present = vec![false; source.classes.get()];
    for &(_, class) in labelled {
        present[usize::from(class)] = true;
    }
    let classes: Vec<usize> = (0..present.len()).filter(|&class| present[class]).collect();
    let mut answer = Field::new(source.len(), source.classes);
    for classes in classes.chunks(LANES) {
        let columns = Columns {
            laplacian,
            equation,
            classes,
            source,
        };
        // As few columns as will do: what is read and written for each sample takes the time.
        match classes.len() {
            0..=4 => columns.solve::<4>(start.as_ref(), &mut answer, job),
            5..=8 => columns.solve::<8>(start.as_ref(), &mut answer, job),
            9..=12 => columns.solve::<12>(start.as_ref(), &mut answer, job),
            _ => columns.solve::<LANES>(start.as_ref(), &mut answer, job),
        }?;
    }
    Ok(answer)
}

struct Columns<'a> {
    laplacian: &'a Laplacian,
    equation: &'a Equation<'a>,
    classes: &'a [usize],
    source: &'a Field,
}

impl Columns<'_> {
    /// Puts the values of the classes into `answer`.
    fn solve<const W: usize>(
        &self,
        start: Option<&Field>,
        answer: &mut Field,
        job: &Job,
    ) -> Result<(), Cancelled> {
        let gathered = |field: &Field| field.par_rows().map(|row| self.gather(row)).collect();
        let source: Vec<[f32; W]> = gathered(self.source);
        let start = start.map_or_else(|| vec![[0.0; W]; source.len()], gathered);
        let solved = self.laplacian.solve(self.equation, &source, start, job)?;
        let rows = answer.par_rows_mut().zip(&solved);
        rows.for_each(|(row, solved)| {
            for (value, &class) in solved.iter().zip(self.classes) {
                row[class] = *value;
            }
        });
        Ok(())
    }

    fn gather<const W: usize>(&self, row: &[f32]) -> [f32; W] {
        let mut out = [0.0; W];
        for (out, &class) in out.iter_mut().zip(self.classes) {
            *out = row[class];
        }
        out
    }
}

/// Takes the mean over a component's labelled samples from each of them.
fn centre(source: &mut Field, labelled: &[(u32, u8)], components: &[u32], count: usize) {
    let mut means = vec![(vec![0.0_f32; source.classes.get()], 0.0_f32); count];
    for &(serial, _) in labelled {
        let (sum, samples) = &mut means[components[serial as usize] as usize];
        *samples += 1.0;
        for (sum, value) in sum.iter_mut().zip(source.row(serial)) {
            *sum += value;
        }
    }
    for &(serial, _) in labelled {
        let (sum, samples) = &means[components[serial as usize] as usize];
        for (value, sum) in source.row_mut(serial).iter_mut().zip(sum) {
            *value -= sum / samples;
        }
    }
}

/// The Green's function of some samples at themselves: what a label adds to the value of its own sample.
pub(super) fn own_influence(
    laplacian: &Laplacian,
    serials: &[u32],
    killing: f32,
    job: &Job,
) -> Result<Vec<(u32, f32)>, Cancelled> {
    const TOGETHER: usize = 16;
    // From 0 on, the error at the sample itself is about the square of the residual.
    let (n, root) = (laplacian.graph().len(), laplacian.inverse_root());
    let equation = Equation {
        killing,
        fixed: None,
        tolerance: 3e-2,
    };
    let mut found = Vec::new();
    for serials in serials.chunks(TOGETHER) {
        let mut source = vec![[0.0_f32; TOGETHER]; n];
        for (lane, &serial) in serials.iter().enumerate() {
            source[serial as usize][lane] = root[serial as usize];
        }
        let field = laplacian.solve(&equation, &source, vec![[0.0; TOGETHER]; n], job)?;
        let at = serials.iter().enumerate();
        found
            .extend(at.map(|(lane, &serial)| (serial, field[serial as usize][lane] * root[serial as usize])));
    }
    Ok(found)
}
