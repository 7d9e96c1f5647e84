//! How many of a great many points are drawn: all of them where the view rests, and while it moves as many as the frame
//! has time for, evenly from all.

use std::time::Duration;

use bevy::prelude::*;

use super::transition::Transition;
use crate::cloud::CloudSystems;
use crate::cloud::camera::clock::Clock;
use crate::cloud::camera::view::CloudView;
use crate::cloud::data::message::NextFrame;
use crate::cloud::data::samples::Samples;

/// As few points are all drawn, always.
const FEW: usize = 1_000_000;
/// A view that has stood so long rests: a hand that only pauses is not made to wait for all of the points.
const PAUSE: Duration = Duration::from_millis(120);
/// What drawing the points of a moving view may take.
const BUDGET: Duration = Duration::from_millis(45);
/// Before anything is measured: a slow processor's.
const FIRST_GUESS: Duration = Duration::from_nanos(50);

/// Keeps [`LevelOfDetail`] up to date.
pub struct LevelOfDetailPlugin;

impl Plugin for LevelOfDetailPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LevelOfDetail>().add_systems(
            PostUpdate,
            decide.after(CloudSystems::View).before(CloudSystems::Selection),
        );
    }
}

/// Whether the view moves and its points are so many that some may be left out.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LevelOfDetail {
    pub hasty: bool,
}

fn decide(
    view: Res<CloudView>,
    motion: Res<Transition>,
    samples: Res<Samples>,
    clock: Res<Clock>,
    mut moved: Local<Option<Duration>>,
    mut detail: ResMut<LevelOfDetail>,
    mut frames: MessageWriter<NextFrame>,
) {
    if view.is_changed() || motion.is_running() {
        *moved = Some(clock.now());
    }
    let rests = moved.is_none_or(|moved| clock.now().saturating_sub(moved) >= PAUSE);
    let hasty = samples.len() > FEW && !rests;
    detail.set_if_neq(LevelOfDetail { hasty });
    if hasty {
        frames.write(NextFrame);
    }
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

    /// One point in how many is drawn in time, in a hurry, of `count`.
    pub fn stride(&self, count: u32) -> u32 {
        let in_time = BUDGET.as_nanos() / self.per_point.as_nanos().max(1);
        u128::from(count).div_ceil(in_time.max(1)).clamp(1, 1024) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hurry_leaves_out_what_there_is_no_time_for_and_no_more() {
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
