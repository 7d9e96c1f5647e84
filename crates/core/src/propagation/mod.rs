//! What the labels say of all other samples: they are propagated along the similarity graph.

mod calibration;
mod doubt;
mod laplace;
mod laplacian;
mod poisson;
mod propagated;

pub use doubt::{Doubt, doubts};
pub(crate) use laplace::laplace;
pub(crate) use laplacian::Equation;
pub use laplacian::Laplacian;
pub use poisson::poisson;
pub(crate) use poisson::{Field, evidence};
pub use propagated::{LeftOut, Propagated};

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::classes::ClassCount;
use crate::job::{Cancelled, Job};
use crate::similarity::Graph;

use calibration::{Held, exponent};
use poisson::TOLERANCE;

/// Labelled samples that the calibration looks at.
const HELD: usize = 256;

/// Labels that are left out one by one, at most.
const CONTESTED: usize = 2000;

/// Killing per label, and its least and largest value: the more labels there are, the less far each of them needs to
/// reach. Measured on MNIST, confirmed on Fashion-MNIST.
const KILLING: f32 = 2.5e-5;
const KILLING_RANGE: (f32, f32) = (5e-4, 2e-2);

/// Propagates labels, each time from the last solution on.
pub struct Propagation {
    laplacian: Arc<Laplacian>,
    classes: ClassCount,
    /// The last solution, with the labels per class that it was for.
    last: Option<(Field, Vec<usize>)>,
    /// What a labelled sample adds to its own class, by serial, at a killing.
    own: HashMap<u32, f32>,
    killing: f32,
}

impl Propagation {
    /// The first labels are propagated from 0 on.
    pub fn new(graph: Arc<Graph>, classes: ClassCount) -> Self {
        Self {
            laplacian: Arc::new(Laplacian::new(graph)),
            classes,
            last: None,
            own: HashMap::new(),
            killing: 0.0,
        }
    }

    /// That of the graph.
    pub fn laplacian(&self) -> &Arc<Laplacian> {
        &self.laplacian
    }

    /// What `labels`, one entry per sample of the graph, say of all samples: [`poisson()`] with a killing that grows with
    /// their number; a class's probability is in proportion to a power of its value, which is calibrated by leaving out one
    /// label at a time. Labels of a component reach no other one, and a class has no share where no label of it reaches.
    ///
    /// # Errors
    /// If it is cancelled; the next call goes on from the solution before.
    pub fn propagate(&mut self, labels: &[Option<u8>], job: &Job) -> Result<Propagated, Cancelled> {
        let labelled = labelled(labels, self.classes);
        if labelled.is_empty() {
            self.last = None;
            return Ok(Propagated::unknown(labels.len(), self.classes));
        }
        let (field, counts) = self.solve(&labelled, job)?;
        let exponent = self.exponent(&labelled, &counts, &field, job)?;
        let shares = self.shares(&field, &labelled, exponent);
        self.last = Some((field, counts));
        Ok(Propagated::new(shares, self.classes))
    }

    /// What all other labels say of each labelled sample; of more than `CONTESTED` of those whose label has the least
    /// share. A sample whose class has no other label is left out: nothing can be said of it.
    ///
    /// # Errors
    /// If it is cancelled.
    pub fn leave_one_out(&mut self, labels: &[Option<u8>], job: &Job) -> Result<Vec<LeftOut>, Cancelled> {
        let labelled = labelled(labels, self.classes);
        if labelled.is_empty() {
            return Ok(Vec::new());
        }
        let (field, counts) = self.solve(&labelled, job)?;
        let exponent = self.exponent(&labelled, &counts, &field, job)?;
        let mut some = labelled;
        if some.len() > CONTESTED {
            let share = |&(serial, class): &(u32, u8)| {
                let values = field.row(serial);
                values[usize::from(class)] / values.iter().sum::<f32>().max(f32::MIN_POSITIVE)
            };
            some.select_nth_unstable_by(CONTESTED, |a, b| share(a).total_cmp(&share(b)));
            some.truncate(CONTESTED);
        }
        let held = self.held_out(some, &counts, &field, job)?;
        self.last = Some((field, counts));
        let left_out = held.into_iter().map(|(serial, held)| LeftOut {
            serial,
            class: held.class,
            shares: held.shares(exponent),
        });
        Ok(left_out.collect())
    }

    fn solve(&mut self, labelled: &[(u32, u8)], job: &Job) -> Result<(Field, Vec<usize>), Cancelled> {
        let counts = counts(labelled, self.classes);
        let killing = killing(labelled.len());
        let start = self
            .last
            .as_ref()
            .map(|(field, before)| rescaled(field, before, &counts));
        let field = poisson(
            &self.laplacian,
            labelled,
            self.classes,
            killing,
            TOLERANCE,
            start,
            job,
        )?;
        if killing != self.killing {
            self.own.clear();
            self.killing = killing;
        }
        Ok((field, counts))
    }

    /// The calibration, by a random part of the labels, of which another label changes one at most.
    fn exponent(
        &mut self,
        labelled: &[(u32, u8)],
        counts: &[usize],
        field: &Field,
        job: &Job,
    ) -> Result<f32, Cancelled> {
        let mut some = labelled.to_vec();
        // Multiplicative hashing (Knuth 1998, 6.4).
        some.sort_by_key(|&(serial, _)| serial.wrapping_mul(0x9e37_79b1));
        some.retain(|(_, class)| counts[usize::from(*class)] > 1);
        some.truncate(HELD);
        let held = self.held_out(some, counts, field, job)?;
        let held: Vec<Held> = held.into_iter().map(|(_, held)| held).collect();
        Ok(exponent(&held))
    }

    /// What the others say of some labelled samples, but for those of a class without another label.
    fn held_out(
        &mut self,
        mut some: Vec<(u32, u8)>,
        counts: &[usize],
        field: &Field,
        job: &Job,
    ) -> Result<Vec<(u32, Held)>, Cancelled> {
        let root = self.laplacian.inverse_root();
        some.retain(|(_, class)| counts[usize::from(*class)] > 1);
        let new: Vec<u32> = some
            .iter()
            .map(|&(serial, _)| serial)
            .filter(|serial| !self.own.contains_key(serial))
            .collect();
        for (serial, own) in poisson::own_influence(&self.laplacian, &new, self.killing, job)? {
            self.own.insert(serial, own);
        }
        let held = some.into_iter().map(|(serial, class)| {
            let root = root[serial as usize];
            let value = |value: &f32| (value * root).max(0.0);
            let mut values: Vec<f32> = field.row(serial).iter().map(value).collect();
            let own = usize::from(class);
            let count = counts[own] as f32;
            let without = count * values[own] - self.own.get(&serial).copied().unwrap_or(0.0);
            values[own] = without.max(0.0) / (count - 1.0);
            (serial, Held { values, class })
        });
        Ok(held.collect())
    }

    fn shares(&self, field: &Field, labelled: &[(u32, u8)], exponent: f32) -> Vec<f32> {
        let (graph, root) = (self.laplacian.graph(), self.laplacian.inverse_root());
        let width = self.classes.get();
        // Most components have no label, and there may be as many as samples.
        let mut reached: Vec<Option<Vec<bool>>> = vec![None; graph.component_count()];
        for &(serial, class) in labelled {
            let reached = &mut reached[graph.components()[serial as usize] as usize];
            reached.get_or_insert_with(|| vec![false; width])[usize::from(class)] = true;
        }
        let mut shares = vec![0.0; field.len() * width];
        shares
            .par_chunks_exact_mut(width)
            .zip(field.par_rows())
            .enumerate()
            .for_each(|(serial, (shares, values))| {
                let Some(reached) = &reached[graph.components()[serial] as usize] else {
                    return;
                };
                for (class, share) in shares.iter_mut().enumerate() {
                    if reached[class] {
                        *share = (values[class] * root[serial]).max(0.0);
                    }
                }
                let largest = shares.iter().copied().fold(0.0, f32::max);
                if largest > 0.0 {
                    for share in shares.iter_mut().filter(|share| **share > 0.0) {
                        *share = (*share / largest).powf(exponent);
                    }
                } else if let Some(class) = reached.iter().position(|&reached| reached) {
                    // A sample by itself, or too far from every label for a number to tell: one class alone is certain.
                    let alone = reached.iter().filter(|&&reached| reached).count() == 1;
                    shares[class] = f32::from(u8::from(alone));
                }
            });
        shares
    }
}

/// The killing for a number of labels: in steps of a factor 2, between which what is known of the samples stays.
fn killing(labels: usize) -> f32 {
    let (least, largest) = KILLING_RANGE;
    (KILLING * labels.next_power_of_two() as f32).clamp(least, largest)
}

/// Serials with their labels; a label that is no class is left out.
pub(crate) fn labelled(labels: &[Option<u8>], classes: ClassCount) -> Vec<(u32, u8)> {
    let all = labels.iter().enumerate();
    all.filter_map(|(serial, label)| label.map(|class| (serial as u32, class)))
        .filter(|&(_, class)| classes.has(class))
        .collect()
}

fn counts(labelled: &[(u32, u8)], classes: ClassCount) -> Vec<usize> {
    let mut counts = vec![0; classes.get()];
    for &(_, class) in labelled {
        counts[usize::from(class)] += 1;
    }
    counts
}

/// A solution for other numbers of labels, as a start.
fn rescaled(field: &Field, before: &[usize], now: &[usize]) -> Field {
    let factor = |(&before, &now): (&usize, &usize)| if now > 0 { before as f32 / now as f32 } else { 0.0 };
    let factors: Vec<f32> = before.iter().zip(now).map(factor).collect();
    let mut field = field.clone();
    field.par_rows_mut().for_each(|row| {
        for (value, factor) in row.iter_mut().zip(&factors) {
            *value *= factor;
        }
    });
    field
}

#[cfg(test)]
mod tests;
