//! The time of a frame. Bevy's own real time is, with pipelined rendering, the instant at which the frame before was
//! drawn: in a window that sleeps between inputs that lies far back, and an animation begun then would be over at once.

use std::time::{Duration, Instant};

use bevy::prelude::*;
use bevy::time::TimeUpdateStrategy;

/// Keeps [`Clock`].
pub struct ClockPlugin;

impl Plugin for ClockPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Clock>()
            .add_systems(PreUpdate, tick.in_set(ClockSystems));
    }
}

/// Sets the time, in `PreUpdate`.
#[derive(SystemSet, Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClockSystems;

/// Time since the start, as of this frame.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
    now: Duration,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            now: Duration::ZERO,
        }
    }
}

impl Clock {
    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.now
    }
}

fn tick(mut clock: ResMut<Clock>, time: Res<Time<Real>>, strategy: Option<Res<TimeUpdateStrategy>>) {
    // A test that sets the time sets it here, too.
    let by_hand = strategy.is_some_and(|strategy| !matches!(*strategy, TimeUpdateStrategy::Automatic));
    clock.now = if by_hand {
        time.elapsed()
    } else {
        clock.start.elapsed()
    };
}
