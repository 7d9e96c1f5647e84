//! Work that takes its time: how far it has come, how long it may still take, and whether anybody still wants it.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64};
use std::time::{Duration, Instant};

use crate::clock::Clock;

/// Time between two pieces of news.
const NEWS: Duration = Duration::from_millis(100);

/// Work that takes long: the share that is done, and whether it is still wanted. Clones are of the same work.
#[derive(Clone)]
pub struct Job {
    inner: Arc<Inner>,
    /// The share that its own work begins with, and the one that it ends with.
    range: (f32, f32),
}

struct Inner {
    clock: Clock,
    begun: Instant,
    /// Bits of the share that is done.
    share: AtomicU32,
    /// Milliseconds from the beginning to the last news.
    told: AtomicU64,
    unwanted: AtomicBool,
    tell: Box<dyn Fn(f32) + Send + Sync>,
}

/// Why work has no result: it was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cancelled")]
pub struct Cancelled;

impl Job {
    /// Begins now. `tell` is called with the share that is done, in 0..=1, while the work gets on, ten times a second at
    /// most.
    pub fn telling(tell: impl Fn(f32) + Send + Sync + 'static) -> Self {
        Self::by(Clock::default(), tell)
    }

    fn by(clock: Clock, tell: impl Fn(f32) + Send + Sync + 'static) -> Self {
        let inner = Inner {
            begun: clock.now(),
            clock,
            share: AtomicU32::new(0),
            told: AtomicU64::new(0),
            unwanted: AtomicBool::new(false),
            tell: Box::new(tell),
        };
        Self {
            inner: Arc::new(inner),
            range: (0.0, 1.0),
        }
    }

    /// [`Job::telling`] for those who ask for the share themselves.
    pub fn new(tell: impl Fn() + Send + Sync + 'static) -> Self {
        Self::telling(move |_| tell())
    }

    /// A part of the work, from one share of it to another, both in 0..=1. It is cancelled with the whole.
    pub fn part(&self, from: f32, to: f32) -> Self {
        let (low, high) = self.range;
        let at = |share: f32| low + (high - low) * share;
        Self {
            inner: self.inner.clone(),
            range: (at(from), at(to)),
        }
    }

    /// So much of it is done.
    ///
    /// # Errors
    /// If it is not wanted any more.
    pub(crate) fn reached(&self, done: u64, of: u64) -> Result<(), Cancelled> {
        if self.inner.unwanted.load(Relaxed) {
            return Err(Cancelled);
        }
        let (low, high) = self.range;
        let share = low + (high - low) * (done as f32 / of.max(1) as f32).min(1.0);
        self.inner.share.store(share.clamp(0.0, 1.0).to_bits(), Relaxed);
        let now = self.elapsed().as_millis() as u64;
        if now >= self.inner.told.load(Relaxed) + NEWS.as_millis() as u64 {
            self.inner.told.store(now, Relaxed);
            (self.inner.tell)(share);
        }
        Ok(())
    }

    /// The work ends when it next tells how far it has come.
    pub fn cancel(&self) {
        self.inner.unwanted.store(true, Relaxed);
    }

    /// The share that is done, in 0..=1.
    pub fn share(&self) -> f32 {
        f32::from_bits(self.inner.share.load(Relaxed))
    }

    /// Time since it was begun.
    pub fn elapsed(&self) -> Duration {
        self.inner.clock.since(self.inner.begun)
    }

    /// Seconds to its end by [`seconds_left`].
    pub fn left(&self) -> Option<f64> {
        seconds_left(self.elapsed(), self.share())
    }
}

/// Seconds to the end by the mean speed so far; `None` in the first second and up to a share of 0.05.
pub fn seconds_left(elapsed: Duration, share: f32) -> Option<f64> {
    let (spent, done) = (elapsed.as_secs_f64(), f64::from(share));
    (spent > 1.0 && done > 0.05).then(|| spent / done * (1.0 - done))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use ssvae_test_support::ManualClock;

    use super::*;

    #[test]
    fn it_tells_now_and_then_and_ends_when_it_is_cancelled() {
        let told = Arc::new(AtomicUsize::new(0));
        let counter = told.clone();
        let time = ManualClock::default();
        let shown = time.clone();
        let job = Job::by(Clock::new(move || shown.now()), move |_| {
            counter.fetch_add(1, Relaxed);
        });
        let tenth = NEWS / 10;
        for (steps, expected) in [(9, 0), (1, 1), (9, 1), (1, 2)] {
            for _ in 0..steps {
                time.advance(tenth);
                job.reached(1, 1000).unwrap();
            }
            assert_eq!(told.load(Relaxed), expected);
        }
        assert_eq!(job.elapsed(), 2 * NEWS);
        job.reached(3, 4).unwrap();
        assert_eq!(job.share(), 0.75);
        job.cancel();
        assert_eq!(job.reached(4, 4), Err(Cancelled));
        assert_eq!(job.share(), 0.75);
    }

    #[test]
    fn a_part_is_told_of_as_a_share_of_the_whole() {
        let job = Job::new(|| {});
        let second = job.part(0.5, 1.0);
        second.part(0.0, 0.5).reached(1, 2).unwrap();
        assert_eq!(job.share(), 0.625);
        job.cancel();
        assert_eq!(second.reached(2, 2), Err(Cancelled));
    }

    #[test]
    fn what_is_left_goes_by_the_speed_so_far() {
        assert_eq!(seconds_left(Duration::from_secs(3), 0.25), Some(9.0));
        assert_eq!(seconds_left(Duration::from_millis(900), 0.5), None);
        assert_eq!(seconds_left(Duration::from_secs(9), 0.01), None);
    }
}
