//! [`Evaluation`]: predictions counted against the truth.

use super::interval::wilson;
use serde::{Deserialize, Serialize};

use crate::classes::{ClassCount, OutOfRange};
use crate::propagation::Propagated;

/// Bins of the reliability diagram.
pub const BINS: usize = 15;

/// Predictions counted against the truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Counts")]
pub struct Evaluation {
    /// `[classes][classes]`: samples by their true class (row) and the predicted one (column).
    pub matrix: Vec<Vec<u32>>,
    /// `[classes]`: samples of each true class for which no class was predicted.
    pub without: Vec<u32>,
    /// Bins of equal width of the predictions' certainty: the first up to 1 / 15 and including it, and so on.
    pub bins: [Bin; BINS],
}

/// An [`Evaluation`] as a file has it.
#[derive(Deserialize)]
struct Counts {
    matrix: Vec<Vec<u32>>,
    without: Vec<u32>,
    bins: [Bin; BINS],
}

/// Why the counts of a file are no evaluation.
#[derive(Debug, thiserror::Error)]
enum CountsError {
    #[error(transparent)]
    Classes(#[from] OutOfRange),
    #[error("the confusion matrix has not a row and a column for each of {0} classes")]
    Shape(usize),
}

impl TryFrom<Counts> for Evaluation {
    type Error = CountsError;

    fn try_from(counts: Counts) -> Result<Self, CountsError> {
        let Counts {
            matrix,
            without,
            bins,
        } = counts;
        let classes = ClassCount::new(without.len())?.get();
        if matrix.len() != classes || matrix.iter().any(|row| row.len() != classes) {
            return Err(CountsError::Shape(classes));
        }
        Ok(Self {
            matrix,
            without,
            bins,
        })
    }
}

/// Predictions of like certainty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Predictions in it.
    pub samples: u32,
    /// Those whose class is the true one.
    pub right: u32,
    /// Sum of the certainties.
    pub certainty: f64,
}

impl Evaluation {
    /// Counts true class, predicted class and its probability, sample by sample. Samples whose true class is none of
    /// `classes` are left out.
    pub fn of(classes: ClassCount, samples: impl Iterator<Item = (u8, Option<u8>, f32)>) -> Self {
        let count = classes.get();
        let mut found = Self {
            matrix: vec![vec![0; count]; count],
            without: vec![0; count],
            bins: Default::default(),
        };
        for (truth, predicted, certainty) in samples {
            let Some(row) = found.matrix.get_mut(usize::from(truth)) else {
                continue;
            };
            match predicted.and_then(|class| row.get_mut(usize::from(class))) {
                Some(cell) => *cell += 1,
                None => found.without[usize::from(truth)] += 1,
            }
            let bin = (1..BINS).find(|&bin| certainty <= bin as f32 / BINS as f32);
            let bin = &mut found.bins[bin.unwrap_or(BINS) - 1];
            bin.samples += 1;
            bin.right += u32::from(predicted == Some(truth));
            bin.certainty += f64::from(certainty);
        }
        found
    }

    /// Counts what was propagated to the samples without a label. `truth`: the true class of a sample, where it is known.
    pub(crate) fn of_propagated(
        labels: &[Option<u8>],
        propagated: &Propagated,
        truth: impl Fn(u32) -> Option<u8>,
    ) -> Self {
        let unlabelled = labels.iter().zip(0..).filter(|(label, _)| label.is_none());
        let samples = unlabelled.filter_map(|(_, serial)| {
            Some((
                truth(serial)?,
                propagated.class(serial),
                propagated.certainty(serial),
            ))
        });
        Self::of(propagated.class_count(), samples)
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.matrix.len()
    }

    /// Samples whose true class is known, with a prediction or without.
    pub fn samples(&self) -> u32 {
        self.bins.iter().map(|bin| bin.samples).sum()
    }

    /// Samples whose predicted class is the true one.
    pub(crate) fn right(&self) -> u32 {
        let rows = self.matrix.iter().enumerate();
        rows.map(|(class, row)| row[class]).sum()
    }

    /// Share of all samples whose predicted class is the true one; a sample without a prediction is not right.
    pub fn accuracy(&self) -> Option<f64> {
        share(self.right(), self.samples())
    }

    /// The 95 % interval of [`accuracy`](Self::accuracy), if the samples are drawn at random from many (Wilson 1927).
    pub fn interval(&self) -> [f64; 2] {
        wilson(self.right(), self.samples())
    }

    /// Samples of a true class.
    pub fn support(&self, class: usize) -> u32 {
        self.matrix[class].iter().sum::<u32>() + self.without[class]
    }

    /// Samples for which a class was predicted.
    pub(crate) fn predicted(&self, class: usize) -> u32 {
        self.matrix.iter().map(|row| row[class]).sum()
    }

    /// Share of the samples predicted as a class that are of it; none where it is never predicted.
    pub fn precision(&self, class: usize) -> Option<f64> {
        share(self.matrix[class][class], self.predicted(class))
    }

    /// Share of the samples of a class that are predicted as it; none where there is no such sample.
    pub fn recall(&self, class: usize) -> Option<f64> {
        share(self.matrix[class][class], self.support(class))
    }

    /// Harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`; none where a class is neither there nor predicted.
    pub fn f1(&self, class: usize) -> Option<f64> {
        share(
            2 * self.matrix[class][class],
            self.support(class) + self.predicted(class),
        )
    }

    /// Expected calibration error: the mean over all samples of the difference between accuracy and mean certainty of their
    /// bin (Guo et al. 2017, "On calibration of modern neural networks", equation 3).
    pub fn calibration_error(&self) -> Option<f64> {
        let differences = self.bins.iter();
        let sum: f64 = differences
            .map(|bin| (f64::from(bin.right) - bin.certainty).abs())
            .sum();
        let samples = self.samples();
        (samples > 0).then(|| sum / f64::from(samples))
    }
}

impl Bin {
    /// Share of its predictions that are right.
    pub fn accuracy(&self) -> Option<f64> {
        share(self.right, self.samples)
    }

    /// Mean of its certainties.
    pub(crate) fn mean_certainty(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.certainty / f64::from(self.samples))
    }
}

fn share(part: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(part) / f64::from(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_those_of_the_counts() {
        // Class 1: two right, one taken for 2; class 2: one right, one without a prediction; class 9 is never there.
        let samples = [
            (1, Some(1), 0.9),
            (1, Some(1), 0.8),
            (1, Some(2), 0.6),
            (2, Some(2), 1.0),
            (2, None, 0.0),
            (77, Some(1), 0.5),
        ];
        let found = Evaluation::of(ClassCount::default(), samples.into_iter());
        assert_eq!((found.samples(), found.right()), (5, 3));
        assert_eq!(found.accuracy(), Some(0.6));
        assert_eq!(
            (found.precision(1), found.recall(1)),
            (Some(1.0), Some(2.0 / 3.0))
        );
        assert_eq!((found.precision(2), found.recall(2)), (Some(0.5), Some(0.5)));
        assert_eq!((found.f1(1), found.f1(2)), (Some(0.8), Some(0.5)));
        assert_eq!(
            (found.precision(9), found.recall(9), found.f1(9)),
            (None, None, None)
        );
        assert_eq!(found.matrix[1][2], 1);
        assert_eq!(found.without[2], 1);
    }

    #[test]
    fn the_calibration_error_is_its_definition() {
        let certain = |certainty: f32, right: bool| (1, Some(if right { 1 } else { 2 }), certainty);
        // 0.2 = 3 / 15 belongs to the third bin, and 0.21 to the fourth.
        let samples = [
            certain(0.2, false),
            certain(0.19, true),
            certain(0.21, true),
            certain(1.0, true),
        ];
        let found = Evaluation::of(ClassCount::default(), samples.into_iter());
        assert_eq!(
            (
                found.bins[2].samples,
                found.bins[3].samples,
                found.bins[14].samples
            ),
            (2, 1, 1)
        );
        let expected = ((1.0 - 0.39_f64).abs() + (1.0 - 0.21) + 0.0) / 4.0;
        let error = found.calibration_error().unwrap_or(f64::NAN);
        assert!((error - expected).abs() < 1e-6, "{error} {expected}");
    }

    #[test]
    fn any_number_of_classes_is_counted_and_comes_back_from_its_text() {
        for count in [3, 11, 62, 256] {
            let classes = ClassCount::new(count).unwrap();
            // Every sample is taken for the class before its own.
            let samples = classes
                .iter()
                .map(|class| (class, Some(class.saturating_sub(1)), 0.5));
            let found = Evaluation::of(classes, samples);
            assert_eq!(
                (found.classes(), found.samples(), found.right()),
                (count, count as u32, 1)
            );
            assert_eq!(found.matrix[count - 1][count - 2], 1);
            assert_eq!(
                (found.recall(count - 1), found.precision(count - 2)),
                (Some(0.0), Some(0.0))
            );
            let text = serde_json::to_string(&found).unwrap();
            assert_eq!(serde_json::from_str::<Evaluation>(&text).unwrap(), found);
        }
    }

    #[test]
    fn counts_that_do_not_belong_together_are_refused() {
        let bins = serde_json::to_string(&[Bin::default(); BINS]).unwrap();
        for (matrix, without) in [
            ("[[1,2],[3,4]]", "[0]"),
            ("[[1,2],[3]]", "[0,0]"),
            ("[[1,2]]", "[0,0]"),
        ] {
            let text = format!(r#"{{"matrix":{matrix},"without":{without},"bins":{bins}}}"#);
            assert!(serde_json::from_str::<Evaluation>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn without_samples_there_are_no_figures() {
        let none = Evaluation::of(ClassCount::default(), std::iter::empty());
        assert_eq!(
            (none.accuracy(), none.calibration_error(), none.f1(0)),
            (None, None, None)
        );
        assert_eq!(
            (none.bins[0].accuracy(), none.bins[0].mean_certainty()),
            (None, None)
        );
    }
}
