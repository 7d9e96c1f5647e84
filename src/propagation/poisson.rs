//! Poisson learning (Calder, Cook, Thorpe & Slepčev, "Poisson learning", ICML 2020).

use crate::effort::{Cancelled, Effort};
use crate::model::config::CLASSES;

use super::laplacian::{Equation, Laplacian};

/// Numbers per sample of a [`Field`]: as many as a line of a cache has room for.
pub const LANES: usize = 16;
const _: () = assert!(CLASSES <= LANES);

/// √degree times the value of each class, for each sample, `[n]`; the lanes beyond the classes are 0.
pub type Field = Vec<[f32; LANES]>;

/// Share of the right side's norm at which a solution is taken: beyond it, next to no class changes.
const TOLERANCE: f64 = 1e-3;

/// Solves `(D − W + τ) u = s` for each class: the source `s` of class k is 1 / n_k at each of its n_k labelled samples, so
/// that all classes weigh the same whatever their numbers of labels. That is the paper's equation (with its decision rule
/// for equal class priors), with a killing τ, by which the reach of a label is bounded; u_k is then the mean, over the
/// labels of class k, of the Green's function, and no label changes it where none of its class reaches.
///
/// With `killing` 0 the sources are made to sum to 0 within each component, as they are in the paper; n_k times the answer
/// is then its u.
///
/// # Errors
/// If it is cancelled.
pub fn poisson(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    killing: f32,
    start: Option<Field>,
    effort: &Effort,
) -> Result<Field, Cancelled> {
    let mut counts = [0.0_f32; CLASSES];
    for &(_, class) in labelled {
        counts[usize::from(class)] += 1.0;
    }
    let weight = |class: u8| counts[usize::from(class)].recip();
    solve(laplacian, labelled, weight, killing, start, effort)
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
    effort: &Effort,
) -> Result<Field, Cancelled> {
    solve(laplacian, labelled, |_| 1.0, killing, start, effort)
}

fn solve(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    weight: impl Fn(u8) -> f32,
    killing: f32,
    start: Option<Field>,
    effort: &Effort,
) -> Result<Field, Cancelled> {
    let graph = laplacian.graph();
    let mut source: Field = vec![[0.0; LANES]; graph.len()];
    for &(serial, class) in labelled {
        source[serial as usize][usize::from(class)] += weight(class);
    }
    if killing == 0.0 {
        centre(&mut source, labelled, graph.components(), graph.component_count());
    }
    for (row, root) in source.iter_mut().zip(laplacian.inverse_root()) {
        row.iter_mut().for_each(|value| *value *= root);
    }
    let equation = Equation {
        killing,
        fixed: None,
        tolerance: TOLERANCE,
    };
    let start = start.unwrap_or_else(|| vec![[0.0; LANES]; graph.len()]);
    laplacian.solve(&equation, &source, start, effort)
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
    effort: &Effort,
) -> Result<Vec<(u32, f32)>, Cancelled> {
    const TOGETHER: usize = 4;
    let (n, root) = (laplacian.graph().len(), laplacian.inverse_root());
    let equation = Equation {
        killing,
        fixed: None,
        tolerance: 1e-2,
    };
    let mut found = Vec::new();
    for serials in serials.chunks(TOGETHER) {
        let mut source = vec![[0.0_f32; TOGETHER]; n];
        for (lane, &serial) in serials.iter().enumerate() {
            source[serial as usize][lane] = root[serial as usize];
        }
        let field = laplacian.solve(&equation, &source, vec![[0.0; TOGETHER]; n], effort)?;
        let at = serials.iter().enumerate();
        found
            .extend(at.map(|(lane, &serial)| (serial, field[serial as usize][lane] * root[serial as usize])));
    }
    Ok(found)
}
