//! Waiting for another process, which can only be asked again and again.

use std::thread;
use std::time::{Duration, Instant};

use crate::outcome::Outcome;

/// How long anything may take on a machine that others use, too.
pub const PATIENCE: Duration = Duration::from_secs(600);

/// Time between two looks.
const STEP: Duration = Duration::from_millis(20);

/// Looks again and again until there is something to see.
///
/// # Errors
///
/// What a look says, and `missing` after [`PATIENCE`].
pub fn wait_for<T>(
    mut look: impl FnMut() -> Outcome<Option<T>>,
    missing: impl FnOnce() -> String,
) -> Outcome<T> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(seen) = look()? {
            return Ok(seen);
        }
        if Instant::now() > end {
            return Err(missing().into());
        }
        thread::sleep(STEP);
    }
}

/// Waits until something holds.
///
/// # Errors
///
/// `missing` after [`PATIENCE`].
pub fn until(mut holds: impl FnMut() -> bool, missing: &str) -> Outcome {
    wait_for(|| Ok(holds().then_some(())), || missing.into())
}

/// What a hand or another program takes between two acts.
pub fn pause(millis: u64) {
    thread::sleep(Duration::from_millis(millis));
}
