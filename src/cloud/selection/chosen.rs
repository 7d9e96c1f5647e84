//! Many points at once: those that a box or a lasso was drawn around.

use bevy::prelude::*;
use rayon::slice::ParallelSliceMut;

use crate::cloud::input::pointer::Stroke;
use crate::cloud::input::region::RegionKind;

/// The chosen points.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    serials: Vec<u32>,
    revision: u64,
    left_out: usize,
}

impl Chosen {
    /// In ascending order.
    pub fn serials(&self) -> &[u32] {
        &self.serials
    }

    /// Rises with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// How many the filter has taken out of the choice since it was made.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// With these, in ascending order.
    #[cfg(test)]
    pub fn of(serials: Vec<u32>) -> Self {
        Self {
            serials,
            revision: 1,
            left_out: 0,
        }
    }

    /// These remain, in ascending order, and the filter has taken out the others.
    pub(super) fn leave_out_all_but(&mut self, serials: Vec<u32>) {
        let left_out = self.left_out + self.serials.len() - serials.len();
        self.replace(serials);
        self.left_out = left_out;
    }

    /// These take the place of the others, in whatever order.
    pub(super) fn replace(&mut self, mut serials: Vec<u32>) {
        serials.par_sort_unstable();
        serials.dedup();
        self.serials = serials;
        self.revision += 1;
        self.left_out = 0;
    }
}

/// Asks for these points to be the chosen ones, in whatever order.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub struct Choose(pub Vec<u32>);

/// Asks for single points to leave the choice, or to come back to it.
#[derive(Message, Clone, Debug, PartialEq, Eq)]
pub enum AlterChoice {
    /// Take these samples out.
    Out(Vec<u32>),
    /// Put these samples back.
    Back(Vec<u32>),
}

/// What is being drawn around points, and how many of them it holds by now.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct Choosing(pub Option<(Stroke, usize)>);

/// [`Chosen`] has changed to this number of points.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChosenChanged {
    /// What was drawn around them, if anything was.
    pub kind: Option<RegionKind>,
    /// How many points are chosen now.
    pub count: usize,
    /// Whether they are others than before, and not some more or fewer of the same.
    pub anew: bool,
}
