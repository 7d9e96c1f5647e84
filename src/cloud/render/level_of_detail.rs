//! How many of a great many points are drawn: all of them where the view rests, and while it moves as many as the frame
//! has time for, evenly from all.

use std::time::Duration;

use bevy::prelude::*;

/// As few points are all drawn, always.
pub(super) const FEW: usize = 1_000_000;
/// What drawing the points of a moving view may take.
const BUDGET: Duration = Duration::from_millis(45);
/// Before anything is measured: a slow processor's.
const FIRST_GUESS: Duration = Duration::from_nanos(50);

/// Whether the view moves and its points are so many that some may be left out.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelOfDetail {
    /// Points are left out, so that a frame is drawn in time.
    pub reduced: bool,
}

/// What a point has cost of late, in the render world.
#[derive(Resource, Clone, Copy, Debug)]
pub struct Cost {
    per_point: Duration,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            per_point: FIRST_GUESS,
        }
    }
}

impl Cost {
    /// Whether so many points are worth measuring, which means waiting for them.
    pub fn matters(points: u32) -> bool {
        points as usize > FEW
    }

    /// `points` were drawn in this time.
    pub fn measured(&mut self, points: u32, took: Duration) {
        self.per_point = took / points.max(1);
    }

    /// One point in how many is drawn, so that a frame of `count` points is drawn in time.
    pub fn stride(&self, count: u32) -> u32 {
        let in_time = BUDGET.as_nanos() / self.per_point.as_nanos().max(1);
        u128::from(count).div_ceil(in_time.max(1)).clamp(1, 1024) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_view_leaves_out_what_there_is_no_time_for_and_no_more() {
        let mut cost = Cost::default();
        cost.measured(1_000_000, BUDGET);
        assert_eq!(cost.stride(900_000), 1);
        assert_eq!(cost.stride(1_000_001), 2);
        assert_eq!(cost.stride(10_000_000), 10);
        cost.measured(10_000_000, Duration::from_millis(1));
        assert_eq!(cost.stride(10_000_000), 1);
        cost.measured(0, Duration::from_secs(10));
        assert!(cost.stride(u32::MAX) >= 1);
    }
}
