//! A clock that stands still until it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Its clones show the same time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    start: Instant,
    /// Nanoseconds since the start.
    passed: Arc<AtomicU64>,
}

impl Default for ManualClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            passed: Arc::default(),
        }
    }
}

impl ManualClock {
    /// The time it shows.
    pub fn now(&self) -> Instant {
        self.start + Duration::from_nanos(self.passed.load(Ordering::Acquire))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.passed.fetch_add(by.as_nanos() as u64, Ordering::AcqRel);
    }
}
