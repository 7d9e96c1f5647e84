//! [`ClassCount`]: how many classes there are.

use serde::{Deserialize, Serialize};

/// Number of classes that are told apart, 2 to 256: a class is a `u8`, from 0 on. The default is ten, as MNIST has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "usize", into = "usize")]
pub struct ClassCount(usize);

/// The number is not one of 2 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} classes, where 2 to 256 can be told apart")]
pub struct OutOfRange(usize);

impl ClassCount {
    /// As few as there are of any data set.
    pub const LEAST: Self = Self(2);
    /// As many as a byte can name.
    pub const MOST: Self = Self(256);

    /// So many classes.
    ///
    /// # Errors
    /// If they are fewer than 2 or more than 256.
    pub fn new(count: usize) -> Result<Self, OutOfRange> {
        if (Self::LEAST.0..=Self::MOST.0).contains(&count) {
            Ok(Self(count))
        } else {
            Err(OutOfRange(count))
        }
    }

    /// The fewest, at least 2, of which all these are; `None` without any.
    pub fn of(classes: impl IntoIterator<Item = u8>) -> Option<Self> {
        let largest = classes.into_iter().max()?;
        Some(Self(usize::from(largest) + 1).max(Self::LEAST))
    }

    /// The number.
    pub const fn get(self) -> usize {
        self.0
    }

    /// The last class; the first is 0.
    pub fn last(self) -> u8 {
        (self.0 - 1) as u8
    }

    /// All classes, in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u8> + ExactSizeIterator + Clone {
        (0..self.0).map(|class| class as u8)
    }

    /// Whether it is one of the classes.
    pub fn has(self, class: u8) -> bool {
        usize::from(class) < self.0
    }

    /// Whether it is the number that is taken where nothing says another one.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ClassCount {
    fn default() -> Self {
        Self(10)
    }
}

impl TryFrom<usize> for ClassCount {
    type Error = OutOfRange;

    fn try_from(count: usize) -> Result<Self, OutOfRange> {
        Self::new(count)
    }
}

impl From<ClassCount> for usize {
    fn from(count: ClassCount) -> Self {
        count.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_to_256_can_be_told_apart() {
        for count in [2, 3, 11, 62, 256] {
            let classes = ClassCount::new(count).unwrap();
            assert_eq!((classes.get(), classes.iter().len()), (count, count));
            assert_eq!(classes.iter().next_back(), Some(classes.last()));
            assert!(classes.has(0) && classes.has(classes.last()));
            assert_eq!(ClassCount::of(classes.iter()), Some(classes));
        }
        assert!(!ClassCount::default().has(10));
        for count in [0, 1, 257] {
            let error = ClassCount::new(count).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("{count} classes, where 2 to 256 can be told apart")
            );
        }
    }

    #[test]
    fn it_follows_from_the_largest_class() {
        assert_eq!(ClassCount::of([]), None);
        assert_eq!(ClassCount::of([0, 0]), Some(ClassCount::LEAST));
        assert_eq!(ClassCount::of([4, 61, 7]).map(ClassCount::get), Some(62));
        assert_eq!(ClassCount::of([255]), Some(ClassCount::MOST));
    }

    #[test]
    fn it_is_a_plain_number_in_files() {
        let eleven = ClassCount::new(11).unwrap();
        assert_eq!(serde_json::to_string(&eleven).unwrap(), "11");
        assert_eq!(serde_json::from_str::<ClassCount>("11").unwrap(), eleven);
        assert!(serde_json::from_str::<ClassCount>("1").is_err());
    }
}
