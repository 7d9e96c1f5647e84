//! [`Labels`]: the user's labels as plain values.

use crate::model::config::CLASSES;

/// The user's label of every sample of a data set, with the count of each class kept up to date.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    values: Vec<Option<u8>>,
    counts: [usize; CLASSES],
}

impl Labels {
    /// `n` samples without labels.
    pub fn new(n: usize) -> Self {
        Self {
            values: vec![None; n],
            counts: [0; CLASSES],
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
        if label.is_some_and(|label| usize::from(label) >= CLASSES) {
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

    /// Labelled samples of each class.
    pub fn counts(&self) -> [usize; CLASSES] {
        self.counts
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
    fn counts_follow_changes() {
        let mut labels = Labels::new(5);
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
