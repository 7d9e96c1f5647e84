//! Ways to know a file again.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use serde_json::{Map, Value};

/// Longest first line that is looked at.
const LINE: u64 = 4096;

/// More than any JSON file of this program's has.
const LARGEST_JSON: u64 = 64 << 20;

/// Whether the first line is this one.
pub fn begins_with(file: &mut BufReader<File>, header: &str) -> io::Result<bool> {
    let mut line = Vec::new();
    file.take(LINE).read_until(b'\n', &mut line)?;
    Ok(line.trim_ascii_end() == header.as_bytes())
}

/// Whether it is a JSON object with these keys.
pub fn has_keys(file: &mut BufReader<File>, keys: &[&str]) -> io::Result<bool> {
    let object: Map<String, Value> = serde_json::from_reader(file.take(LARGEST_JSON))?;
    Ok(keys.iter().all(|key| object.contains_key(*key)))
}
