//! Which class each digit labels.

use serde::{Deserialize, Serialize};

/// The class of each digit; no two have the same one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigitKeys([u8; 10]);

impl Default for DigitKeys {
    /// Digits label the first ten classes.
    fn default() -> Self {
        Self(std::array::from_fn(|digit| digit as u8))
    }
}

impl DigitKeys {
    /// The class that a digit labels.
    pub fn class(&self, digit: u8) -> u8 {
        self.0.get(usize::from(digit)).copied().unwrap_or(digit)
    }

    /// The digit that labels a class.
    pub fn digit(&self, class: u8) -> Option<u8> {
        let place = self.0.iter().position(|own| *own == class)?;
        Some(place as u8)
    }

    /// Puts a class on a digit. The class that was on it takes the digit that becomes free, if there is one.
    pub fn put(&mut self, class: u8, digit: u8) {
        let (from, to) = (self.digit(class), usize::from(digit));
        if to >= self.0.len() {
            return;
        }
        match from {
            Some(from) => self.0.swap(usize::from(from), to),
            None => self.0[to] = class,
        }
    }

    /// Without what a damaged file could hold: one class on two digits.
    pub fn sane(self) -> Self {
        let twice = |(place, class): (usize, &u8)| self.0[..place].contains(class);
        if self.0.iter().enumerate().any(twice) {
            Self::default()
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_class_can_be_put_on_any_digit() {
        let mut keys = DigitKeys::default();
        keys.put(37, 3);
        assert_eq!(
            (keys.class(3), keys.digit(37), keys.digit(3)),
            (37, Some(3), None)
        );
        keys.put(5, 3);
        assert_eq!((keys.class(3), keys.class(5)), (5, 37), "they change places");
        keys.put(5, 3);
        assert_eq!((keys.class(3), keys.class(5)), (5, 37));
        let text = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<DigitKeys>(&text).unwrap().sane(), keys);
        assert_eq!(DigitKeys([7; 10]).sane(), DigitKeys::default());
    }
}
