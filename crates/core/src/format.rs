//! Numbers as people read them.

/// An integer with its thousands apart: `60,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The noun in the number of `count`, by an `s`: `point`, `points`.
pub fn plural(count: usize, noun: &str) -> String {
    format!("{noun}{}", if count == 1 { "" } else { "s" })
}

/// A share in 0..=1 in per cent, with so many decimals: `97.5 %`.
pub fn percent(share: f64, decimals: usize) -> String {
    format!("{:.decimals$} %", share * 100.0)
}

/// Seconds as `0:07`, `12:34` or `1:02:03`, rounded; below 0 they are 0.
pub fn duration(seconds: f64) -> String {
    let seconds = seconds.max(0.0).round() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(
            [0, 999, 1000, 60_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "60,000", "1,234,567"]
        );
    }

    #[test]
    fn shares_are_per_cent() {
        assert_eq!(percent(0.98249, 1), "98.2 %");
        assert_eq!(percent(442.0 / 60_000.0, 2), "0.74 %");
    }

    #[test]
    fn durations_have_minutes_and_hours() {
        assert_eq!(
            [7.4, 754.0, 3723.0, -1.0].map(duration),
            ["0:07", "12:34", "1:02:03", "0:00"]
        );
    }
}
