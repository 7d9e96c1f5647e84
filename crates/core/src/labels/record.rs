//! Where the records and fields of CSV text lie. The `csv` crate reads fields but does not say where they stand, and
//! a change here must leave every other byte as it is; a test holds the two readings together.

use std::borrow::Cow;
use std::ops::Range;

/// Finds the first record of `text`: fills `fields` with the place of each raw field and returns the record's length
/// with its line ending (`\n`, `\r\n` or `\r`). `None` if a quoted field is not closed.
pub(super) fn split(text: &str, fields: &mut Vec<Range<usize>>) -> Option<usize> {
    #[derive(PartialEq)]
    enum State {
        Start,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    fields.clear();
    let bytes = text.as_bytes();
    let mut state = State::Start;
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        state = match (state, byte) {
            (State::Quoted, b'"') => State::QuoteInQuoted,
            (State::Quoted, _) | (State::QuoteInQuoted, b'"') => State::Quoted,
            (State::Start, b'"') => State::Quoted,
            (_, b',') => {
                fields.push(start..at);
                start = at + 1;
                State::Start
            }
            (_, b'\n' | b'\r') => {
                fields.push(start..at);
                let ending = if byte == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                    2
                } else {
                    1
                };
                return Some(at + ending);
            }
            _ => State::Plain,
        };
    }
    if state == State::Quoted {
        return None;
    }
    fields.push(start..bytes.len());
    Some(bytes.len())
}

/// The value of a raw field: quotes taken off.
pub(super) fn value(raw: &str) -> Cow<'_, str> {
    let Some(quoted) = raw.strip_prefix('"') else {
        return Cow::Borrowed(raw);
    };
    let mut value = String::with_capacity(quoted.len());
    let mut inside = true;
    let mut characters = quoted.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if inside && characters.peek() == Some(&'"') => {
                value.push('"');
                characters.next();
            }
            '"' if inside => inside = false,
            other => value.push(other),
        }
    }
    Cow::Owned(value)
}

/// The line ending that `record` has, empty at the end of a file without one.
pub(super) fn ending(record: &str) -> &str {
    &record[record.trim_end_matches(['\r', '\n']).len()..]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(mut text: &str) -> Option<Vec<Vec<String>>> {
        let mut records = Vec::new();
        let mut fields = Vec::new();
        while !text.is_empty() {
            let length = split(text, &mut fields)?;
            // The csv crate passes over blank lines.
            if fields.len() > 1 || fields[0].end > 0 {
                records.push(
                    fields
                        .iter()
                        .map(|field| value(&text[field.clone()]).into_owned())
                        .collect(),
                );
            }
            text = &text[length..];
        }
        Some(records)
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(text in "([a7\", ;]|\"\"|,|\n|\r\n|\r|é){0,40}") {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect();
            if let Some(records) = read(&text) {
                prop_assert_eq!(records, expected);
            }
        }
    }

    #[test]
    fn finds_fields_and_endings() {
        let mut fields = Vec::new();
        assert_eq!(split("1,\"a\r\nb\",\r\n2,3", &mut fields), Some(11));
        assert_eq!(fields, [0..1, 2..8, 9..9]);
        assert_eq!(split("\n5", &mut fields), Some(1));
        assert_eq!(split("1,\"open\n", &mut fields), None);
        assert_eq!(ending("1,2\r\n"), "\r\n");
        assert_eq!(ending("1,2"), "");
    }
}
