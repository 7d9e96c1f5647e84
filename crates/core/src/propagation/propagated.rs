//! What the labels say of all samples, and of each other.

use rayon::prelude::*;

use crate::classes::ClassCount;

/// What was propagated to each of `n` samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Propagated {
    /// `[n, class_count]`: probability of each class; all 0 where no label reaches.
    shares: Vec<f32>,
    class_count: ClassCount,
    /// `[n]`: the most probable class, `None` where no label reaches.
    classes: Vec<Option<u8>>,
    /// `[n]`: probability of that class, in 0..=1; 0 where there is none.
    certainty: Vec<f32>,
}

impl Propagated {
    /// Of as many samples, which no label reaches.
    pub(crate) fn unknown(samples: usize, class_count: ClassCount) -> Self {
        Self {
            shares: vec![0.0; samples * class_count.get()],
            class_count,
            classes: vec![None; samples],
            certainty: vec![0.0; samples],
        }
    }

    /// From `[n, class_count]` weights of 0 or more, in proportion to which the probabilities are.
    pub(super) fn new(mut shares: Vec<f32>, class_count: ClassCount) -> Self {
        let answers: Vec<(Option<u8>, f32)> = shares
            .par_chunks_exact_mut(class_count.get())
            .map(|row| {
                let sum: f32 = row.iter().sum();
                if sum <= 0.0 {
                    return (None, 0.0);
                }
                row.iter_mut().for_each(|share| *share /= sum);
                let mut best = 0;
                for (class, &share) in row.iter().enumerate() {
                    if share > row[best] {
                        best = class;
                    }
                }
                (Some(best as u8), row[best])
            })
            .collect();
        let (classes, certainty) = answers.into_iter().unzip();
        Self {
            shares,
            class_count,
            classes,
            certainty,
        }
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether it is of no sample.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// How many classes there are.
    pub fn class_count(&self) -> ClassCount {
        self.class_count
    }

    /// The class of a sample, where a label reaches it.
    pub fn class(&self, serial: u32) -> Option<u8> {
        self.classes.get(serial as usize).copied().flatten()
    }

    /// Probability of that class; 0 where there is none.
    pub fn certainty(&self, serial: u32) -> f32 {
        self.certainty.get(serial as usize).copied().unwrap_or(0.0)
    }

    /// [`certainty`](Self::certainty) of all samples, `[n]`.
    pub fn certainties(&self) -> &[f32] {
        &self.certainty
    }

    /// [`class`](Self::class) of all samples, `[n]`; `None` where no label reaches.
    pub fn classes(&self) -> &[Option<u8>] {
        &self.classes
    }

    /// Probabilities of the classes of a sample, `[class_count]`; all 0 where no label reaches.
    ///
    /// # Panics
    /// If there is no such sample.
    pub(crate) fn shares(&self, serial: u32) -> &[f32] {
        let width = self.class_count.get();
        let from = serial as usize * width;
        &self.shares[from..from + width]
    }
}

/// What the other labels say of a labelled sample.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// The labelled sample.
    pub serial: u32,
    /// Its label.
    pub class: u8,
    /// Probability of each class by the others' labels; all 0 where none of them reaches.
    pub shares: Vec<f32>,
}
