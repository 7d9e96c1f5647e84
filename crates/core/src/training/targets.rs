//! What each sample is taught.

use std::sync::Arc;

use crate::classes::ClassCount;
use crate::evaluation::Evaluation;
use crate::propagation::Propagated;

/// The user's labels, and what was propagated from them where that is taught, too.
#[derive(Clone, Debug)]
pub struct Targets {
    labels: Vec<Option<u8>>,
    propagated: Option<Arc<Propagated>>,
    classes: ClassCount,
}

impl Targets {
    /// The labels alone, `[n]`, of `classes`: the reference objective.
    pub fn labels(labels: Vec<Option<u8>>, classes: ClassCount) -> Self {
        Self {
            labels,
            propagated: None,
            classes,
        }
    }

    /// A labelled sample is taught its label with weight 1, each other one its propagated distribution with the certainty as
    /// its weight.
    ///
    /// # Panics
    /// If they are not of as many samples.
    pub fn propagated(labels: Vec<Option<u8>>, propagated: Arc<Propagated>) -> Self {
        assert_eq!(labels.len(), propagated.len(), "of the same samples");
        Self {
            labels,
            classes: propagated.class_count(),
            propagated: Some(propagated),
        }
    }

    /// The user's labels, `[n]`.
    pub(crate) fn user_labels(&self) -> &[Option<u8>] {
        &self.labels
    }

    /// What was propagated to the samples without a label against their true classes; nothing where nothing is propagated.
    pub fn evaluate(&self, truth: impl Fn(u32) -> Option<u8>) -> Option<Evaluation> {
        let propagated = self.propagated.as_ref()?;
        Some(Evaluation::of_propagated(&self.labels, propagated, truth))
    }

    /// Whether more than the labels is taught.
    pub(crate) fn are_propagated(&self) -> bool {
        self.propagated.is_some()
    }

    /// The user's label of a sample.
    pub fn label(&self, serial: u32) -> Option<u8> {
        self.labels.get(serial as usize).copied().flatten()
    }

    /// Whether a sample is taught anything.
    pub(crate) fn teach(&self, serial: u32) -> bool {
        let propagated = || self.propagated.as_ref()?.class(serial);
        self.label(serial).or_else(propagated).is_some()
    }

    /// The classification targets of a batch, row-major `[serials.len(), classes]`: a sample's distribution times its weight,
    /// over the sum of all weights. A row of a sample that is taught nothing is 0.
    pub fn rows(&self, serials: &[u32]) -> Vec<f32> {
        let width = self.classes.get();
        let mut rows = vec![0.0; serials.len() * width];
        let mut weights = 0.0;
        for (row, &serial) in rows.chunks_exact_mut(width).zip(serials) {
            if let Some(label) = self.label(serial) {
                if let Some(target) = row.get_mut(usize::from(label)) {
                    *target = 1.0;
                    weights += 1.0;
                }
            } else if let Some(propagated) = &self.propagated {
                let weight = propagated.certainty(serial);
                weights += weight;
                for (target, share) in row.iter_mut().zip(propagated.shares(serial)) {
                    *target = weight * share;
                }
            }
        }
        if weights > 0.0 {
            let scale = 1.0 / weights;
            rows.iter_mut().for_each(|target| *target *= scale);
        }
        rows
    }
}
