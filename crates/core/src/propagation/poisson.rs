//! Poisson learning (Calder, Cook, Thorpe & Slepčev, "Poisson learning", ICML 2020).

use rayon::prelude::*;

use crate::job::{Cancelled, Job};
use crate::model::config::CLASSES;

use super::laplacian::{Equation, Laplacian};

/// Numbers per sample of a [`Field`]: as many as a line of a cache has room for.
pub const LANES: usize = 16;
const _: () = assert!(CLASSES <= LANES);

/// √degree times the value of each class, for each sample, `[n]`; the lanes beyond the classes are 0.
pub type Field = Vec<[f32; LANES]>;

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
/// `labelled` has serials with their classes. `start` and the answer have √degree · u of each class for each sample, `[n]`; the
/// lanes beyond the classes are 0. `tolerance` is the norm of the residual, as a share of the right side's, at which the
/// equation is solved.
///
/// # Errors
/// If it is cancelled.
pub fn poisson(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    killing: f32,
    tolerance: f64,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let mut counts = [0.0_f32; CLASSES];
    for &(_, class) in labelled {
        counts[usize::from(class)] += 1.0;
    }
    let weight = |class: u8| counts[usize::from(class)].recip();
    solve(laplacian, labelled, weight, (killing, tolerance), start, job)
}

/// The same with a source of 1 at each labelled sample: how much the labels of each class say of a sample.
///
/// # Errors
/// If it is cancelled.
pub fn evidence(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    killing: f32,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    solve(laplacian, labelled, |_| 1.0, (killing, TOLERANCE), start, job)
}

fn solve(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    weight: impl Fn(u8) -> f32,
    (killing, tolerance): (f32, f64),
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let graph = laplacian.graph();
    let mut source: Field = vec![[0.0; LANES]; graph.len()];
    for &(serial, class) in labelled {
        source[serial as usize][usize::from(class)] += weight(class);
    }
    if killing == 0.0 {
        centre(&mut source, labelled, graph.components(), graph.component_count());
    }
    for &(serial, _) in labelled {
        let root = laplacian.inverse_root()[serial as usize];
        source[serial as usize]
            .iter_mut()
            .for_each(|value| *value *= root);
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
    let present = |class: &usize| labelled.iter().any(|pair| usize::from(pair.1) == *class);
    let classes: Vec<usize> = (0..CLASSES).filter(present).collect();
    let columns = Columns {
        laplacian,
        equation,
        classes: &classes,
        source,
    };
    // As few columns as will do: what is read and written for each sample takes the time.
    match classes.len() {
        0..=4 => columns.solve::<4>(start, job),
        5..=8 => columns.solve::<8>(start, job),
        9..=12 => columns.solve::<12>(start, job),
        _ => columns.solve::<LANES>(start, job),
    }
}

struct Columns<'a> {
    laplacian: &'a Laplacian,
    equation: &'a Equation<'a>,
    classes: &'a [usize],
    source: &'a Field,
}

impl Columns<'_> {
    fn solve<const W: usize>(&self, start: Option<Field>, job: &Job) -> Result<Field, Cancelled> {
        let source: Vec<[f32; W]> = self.source.par_iter().map(|row| self.gather(row)).collect();
        let start = match start {
            Some(start) => start.par_iter().map(|row| self.gather(row)).collect(),
            None => vec![[0.0; W]; source.len()],
        };
        let solved = self.laplacian.solve(self.equation, &source, start, job)?;
        Ok(solved.par_iter().map(|row| self.scatter(row)).collect())
    }

    fn gather<const W: usize>(&self, row: &[f32; LANES]) -> [f32; W] {
        let mut out = [0.0; W];
        for (out, &class) in out.iter_mut().zip(self.classes) {
            *out = row[class];
        }
        out
    }

    fn scatter<const W: usize>(&self, row: &[f32; W]) -> [f32; LANES] {
        let mut out = [0.0; LANES];
        for (value, &class) in row.iter().zip(self.classes) {
            out[class] = *value;
        }
        out
    }
}

/// Takes the mean over a component's labelled samples from each of them.
fn centre(source: &mut Field, labelled: &[(u32, u8)], components: &[u32], count: usize) {
    let mut means = vec![([0.0_f32; LANES], 0.0_f32); count];
    for &(serial, _) in labelled {
        let (sum, samples) = &mut means[components[serial as usize] as usize];
        *samples += 1.0;
        for (sum, value) in sum.iter_mut().zip(source[serial as usize]) {
            *sum += value;
        }
    }
    for &(serial, _) in labelled {
        let (sum, samples) = &means[components[serial as usize] as usize];
        for (value, sum) in source[serial as usize].iter_mut().zip(sum) {
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
