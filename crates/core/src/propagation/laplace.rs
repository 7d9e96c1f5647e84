//! Laplace learning with a killing term, which acquisition by the uncertainty norm is defined on.

use crate::classes::ClassCount;
use crate::job::{Cancelled, Job};

use super::laplacian::{Equation, Laplacian};
use super::poisson::{Field, solve_classes};

/// Share of the right side's norm at which a solution is taken: enough for an order of the samples.
const TOLERANCE: f64 = 3e-3;

/// Solves `(D − W + τ) u = 0` with u of each labelled sample being 1 for its class and 0 for the others (Zhu, Ghahramani &
/// Lafferty 2003; the killing τ: Miller & Calder, arXiv 2210.15786). `start`: the answer for other labels.
///
/// # Errors
/// If it is cancelled.
pub fn laplace(
    laplacian: &Laplacian,
    labelled: &[(u32, u8)],
    classes: ClassCount,
    killing: f32,
    start: Option<Field>,
    job: &Job,
) -> Result<Field, Cancelled> {
    let (graph, root) = (laplacian.graph(), laplacian.inverse_root());
    let n = graph.len();
    let mut fixed = vec![false; n];
    let mut start = start.unwrap_or_else(|| Field::new(n, classes));
    for &(serial, _) in labelled {
        fixed[serial as usize] = true;
        start.row_mut(serial).fill(0.0);
    }
    // What the labelled samples give to their neighbours.
    let mut source = Field::new(n, classes);
    for &(serial, class) in labelled {
        for (other, weight) in graph.edges(serial) {
            if !fixed[other as usize] {
                source.row_mut(other)[usize::from(class)] += weight * root[other as usize];
            }
        }
    }
    let equation = Equation {
        killing,
        fixed: Some(&fixed),
        tolerance: TOLERANCE,
    };
    let mut field = solve_classes(laplacian, &equation, labelled, &source, Some(start), job)?;
    for &(serial, class) in labelled {
        let root = root[serial as usize];
        field.row_mut(serial)[usize::from(class)] = if root > 0.0 { root.recip() } else { 1.0 };
    }
    Ok(field)
}
