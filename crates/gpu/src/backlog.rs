//! How much work a device is given before it is waited for: what it takes about half a second for. A fast one is hardly
//! ever waited for then, and a slow one is never silent for so long that it would count as hanging.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// About the longest wait.
const WAIT: Duration = Duration::from_millis(400);

/// Counts samples. It begins with a wait after the first batch, and learns from each.
#[derive(Debug)]
pub struct Backlog {
    /// Samples since the last wait, and when the first of them were given.
    given: Cell<usize>,
    since: Cell<Instant>,
    /// Samples that it takes before a wait.
    room: Cell<usize>,
}

impl Default for Backlog {
    fn default() -> Self {
        Self {
            given: Cell::new(0),
            since: Cell::new(Instant::now()),
            room: Cell::new(1),
        }
    }
}

impl Backlog {
    /// A batch was given; whether the device is to be waited for now.
    pub fn is_full(&self, samples: usize) -> bool {
        if self.given.get() == 0 {
            self.since.set(Instant::now());
        }
        self.given.set(self.given.get() + samples);
        self.given.get() >= self.room.get()
    }

    /// The device has been waited for.
    pub fn is_done(&self) {
        let given = self.given.replace(0);
        if given > 0 {
            self.room.set(room(given, self.since.get().elapsed()));
        }
    }
}

/// The samples for one wait, where `given` ones took this long; at most twice as many, since the first are the slowest.
fn room(given: usize, took: Duration) -> usize {
    let share = WAIT.as_secs_f64() / took.as_secs_f64().max(1e-9);
    ((given as f64 * share.min(2.0)) as usize).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_device_is_waited_for_ever_more_seldom_and_a_slow_one_never_long() {
        // Waits of a pass over 54,000 samples, each of which takes so many seconds.
        let pass = |room_now: &mut usize, speed: f64| {
            let (mut given, mut waits) = (0, 0);
            for _ in (0..54_000).step_by(256) {
                given += 256;
                if given >= *room_now {
                    let took = given as f64 * speed;
                    assert!(took < 1.0, "{took} s at {speed}");
                    *room_now = room(given, Duration::from_secs_f64(took));
                    (given, waits) = (0, waits + 1);
                }
            }
            waits
        };
        for (speed, most_waits) in [(1e-6, 2), (1e-4, 20)] {
            let mut room_now = 1;
            pass(&mut room_now, speed);
            let waits = pass(&mut room_now, speed);
            assert!(waits <= most_waits, "{waits} waits at {speed}");
        }
        // One that takes seconds for a batch is waited for after each.
        assert_eq!(room(256, Duration::from_secs(200)), 1);
    }

    #[test]
    fn what_was_not_given_is_not_learnt_from() {
        let backlog = Backlog::default();
        assert!(backlog.is_full(256), "the first batch shows how fast it is");
        backlog.is_done();
        let room = backlog.room.get();
        backlog.is_done();
        assert_eq!((backlog.room.get(), backlog.given.get()), (room, 0));
    }
}
