//! The fuzz targets (`fuzz/targets.rs`) on their seeds and on changes of them, without a fuzzer: some seconds as a test, and
//! as long as `SSVAE_FUZZ_SECONDS` says for each target.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../fuzz/targets.rs"]
mod targets;

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use ssvae::read_session;

/// Changed seeds of a target in the short form.
const RUNS: u64 = 600;

/// Bytes that a changed seed has at most.
const LONGEST: usize = 1 << 14;

/// Numbers that lengths and sizes are likely to be wrong at.
const ODD: [u64; 9] = [
    0,
    1,
    0x7f,
    0xff,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    u64::MAX,
];

fn fuzz(target: &str, read: fn(&[u8])) {
    let seconds = std::env::var("SSVAE_FUZZ_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok());
    let until = seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(Path::new("fuzz/seeds").join(target))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        run(target, read, &bytes);
        seeds.push(bytes);
    }
    assert!(seeds.len() >= 3, "{target} has {} seeds", seeds.len());
    let mut runs = 0;
    while until.map_or(runs < RUNS, |until| Instant::now() < until) {
        let mut random = ChaCha8Rng::seed_from_u64(runs);
        run(target, read, &changed(&seeds, &mut random));
        runs += 1;
    }
    println!("{target}: {runs} runs");
}

/// A target on these bytes, which are kept where it panics.
fn run(target: &str, read: fn(&[u8]), bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| read(bytes))).is_err() {
        let path = std::env::temp_dir().join(format!("ssvae-fuzz-{target}"));
        fs::write(&path, bytes).unwrap();
        panic!("{target} panics on {}; make a seed of it", path.display());
    }
}

/// A seed with some changes.
fn changed(seeds: &[Vec<u8>], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = seeds[random.random_range(0..seeds.len())].clone();
    for _ in 0..random.random_range(1..6) {
        let at = random.random_range(0..=bytes.len());
        let end = (at + random.random_range(0..64)).min(bytes.len());
        match random.random_range(0..7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].repeat(random.random_range(1..40));
                bytes.splice(at..at, copy);
            }
            4 => {
                let number = ODD[random.random_range(0..ODD.len())];
                let width = 1 << random.random_range(0..4);
                let ends = if random.random() {
                    number.to_le_bytes()[..width].to_vec()
                } else {
                    number.to_be_bytes()[8 - width..].to_vec()
                };
                bytes.splice(at..(at + width).min(bytes.len()), ends);
            }
            5 => {
                let other = &seeds[random.random_range(0..seeds.len())];
                let from = random.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => {
                let mark = *b"\",\n\r[](){}'\\\x00\xff#;"
                    .get(random.random_range(0..17))
                    .unwrap_or(&b' ');
                bytes.splice(at..at, std::iter::repeat_n(mark, random.random_range(1..30)));
            }
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// The settings of the window.
fn a_session(bytes: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("session.json");
    fs::write(&path, bytes).unwrap();
    let read = read_session(&path);
    // What was read can be kept, and is the same the next time.
    let text = serde_json::to_vec(&read).unwrap();
    fs::write(&path, text).unwrap();
    assert!(read_session(&path) == read);
}

#[test]
fn npz() {
    fuzz("npz", targets::npz);
}

#[test]
fn idx() {
    fuzz("idx", targets::idx);
}

#[test]
fn labels_csv() {
    fuzz("labels", targets::labels);
}

#[test]
fn classes_csv() {
    fuzz("classes", targets::classes);
}

#[test]
fn history() {
    fuzz("history", targets::history);
}

#[test]
fn checkpoints() {
    fuzz("checkpoint", targets::checkpoint);
}

#[test]
fn sessions() {
    fuzz("session", a_session);
}
