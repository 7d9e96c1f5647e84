//! [`Labels`]: the user's labels as plain values.

use crate::classes::ClassCount;

/// The user's label of every sample of a data set, with the count of each class kept up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    values: Vec<Option<u8>>,
    /// `[classes]`
    counts: Vec<usize>,
    classes: ClassCount,
}

/// No samples.
impl Default for Labels {
    fn default() -> Self {
        Self::new(0, ClassCount::default())
    }
}

impl Labels {
    /// `n` samples without labels, which may be of `classes`.
    pub fn new(n: usize, classes: ClassCount) -> Self {
        Self {
            values: vec![None; n],
            counts: vec![0; classes.get()],
            classes,
        }
    }

    /// The label of a sample, `None` where it has none and outside the data set.
    pub fn get(&self, serial: u32) -> Option<u8> {
        self.values.get(serial as usize).copied().flatten()
    }

    /// Gives a sample a label, or takes it away, and returns the one it had. A serial outside the data set and a
    /// label that is no class change nothing.
    pub fn set(&mut self, serial: u32, label: Option<u8>) -> Option<u8> {
        let value = self.values.get_mut(serial as usize)?;
        let before = *value;
        if label.is_some_and(|label| !self.classes.has(label)) {
            return before;
        }
        *value = label;
        if let Some(count) = before.and_then(|label| self.counts.get_mut(usize::from(label))) {
            *count -= 1;
        }
        if let Some(count) = label.and_then(|label| self.counts.get_mut(usize::from(label))) {
            *count += 1;
        }
        before
    }

    /// How many classes there are.
    pub fn classes(&self) -> ClassCount {
        self.classes
    }

    /// Labelled samples of each class.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// Samples that have a label.
    pub fn labelled(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Samples of the data set, labelled or not.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether the data set has no samples.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Serial and label of each labelled sample, by rising serial.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u8)> {
        (0u32..)
            .zip(&self.values)
            .filter_map(|(serial, label)| Some((serial, (*label)?)))
    }

    /// The label of each sample, `[n]`.
    pub fn as_slice(&self) -> &[Option<u8>] {
        &self.values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_may_be_of_any_number_of_classes() {
        for count in [3, 11, 62, 256] {
            let classes = ClassCount::new(count).unwrap();
            let mut labels = Labels::new(2, classes);
            labels.set(0, Some(classes.last()));
            labels.set(1, classes.last().checked_add(1));
            assert_eq!((labels.get(0), labels.get(1)), (Some(classes.last()), None));
            assert_eq!((labels.counts().len(), labels.counts()[count - 1]), (count, 1));
        }
    }

    #[test]
    fn counts_follow_changes() {
        let mut labels = Labels::new(5, ClassCount::default());
        assert_eq!(labels.set(4, Some(7)), None);
        assert_eq!(labels.set(1, Some(7)), None);
        assert_eq!(labels.set(4, Some(0)), Some(7));
        assert_eq!(labels.set(1, None), Some(7));
        assert_eq!((labels.set(5, Some(1)), labels.set(0, Some(10))), (None, None));
        assert_eq!(labels.counts(), [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!((labels.labelled(), labels.len(), labels.get(4)), (1, 5, Some(0)));
        assert_eq!(labels.iter().collect::<Vec<_>>(), [(4, 0)]);
    }
}
