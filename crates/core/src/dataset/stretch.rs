//! Values of any range as bytes.

use super::number::Number;

/// The range of an array's values, which becomes 0…255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stretch {
    pub number: Number,
    low: f64,
    high: f64,
}

impl Stretch {
    /// The range that images with these extreme values are in: 0…1, −1…1 or 0…255, and else their own.
    pub fn of(number: Number, low: f64, high: f64) -> Self {
        let (low, high) = match (low, high) {
            (0.0.., ..=1.0) => (0.0, 1.0),
            (-1.0..0.0, ..=1.0) => (-1.0, 1.0),
            (0.0.., 128.0..=255.0) => (0.0, 255.0),
            own => own,
        };
        Self { number, low, high }
    }

    /// What takes a value to its byte; what lies outside the range is at its end.
    pub fn byte(self) -> impl Fn(f64) -> u8 {
        let width = self.high - self.low;
        let factor = if width > 0.0 { 255.0 / width } else { 0.0 };
        // The conversion saturates.
        move |value| ((value - self.low) * factor + 0.5) as u8
    }

    /// For the user.
    pub fn note(self) -> String {
        let name = self.number.name();
        if (self.low, self.high) == (0.0, 255.0) {
            return format!("{name} in 0…255 were read as bytes");
        }
        format!(
            "{name} in {}…{} were stretched to 0…255",
            short(self.low),
            short(self.high)
        )
    }
}

/// A number of four digits, without zeros at its end.
fn short(value: f64) -> String {
    let size = value.abs();
    let text = if value.fract() == 0.0 && size < 1e15 {
        format!("{size}")
    } else if (1e-3..1e3).contains(&size) {
        let before = size.log10().floor() as i32;
        let text = format!("{size:.*}", (3 - before).max(1) as usize);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else if (1e3..1e5).contains(&size) {
        format!("{size:.0}")
    } else {
        format!("{size:.3e}")
    };
    if value < 0.0 { format!("−{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_four_digits() {
        let cases = [
            (0.0, "0"),
            (-2.5, "−2.5"),
            (999.96, "1000"),
            (12_350.4, "12350"),
            (65_535.0, "65535"),
            (0.012_345, "0.01235"),
            (-0.000_012, "−1.200e-5"),
        ];
        for (value, expected) in cases {
            assert_eq!(short(value), expected);
        }
    }
}
