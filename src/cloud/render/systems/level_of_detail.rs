//! Decides whether points are left out.

use std::time::Duration;

use bevy::prelude::*;

use crate::cloud::animation::NextFrame;
use crate::cloud::camera::view::CloudView;
use crate::cloud::clock::Clock;
use crate::cloud::data::samples::Samples;
use crate::cloud::data::transition::Transition;
use crate::cloud::render::level_of_detail::{FEW, LevelOfDetail};

/// A view that has stood so long rests: who only pauses does not wait for all of the points.
const PAUSE: Duration = Duration::from_millis(120);

pub fn decide(
    view: Res<CloudView>,
    transition: Res<Transition>,
    samples: Res<Samples>,
    clock: Res<Clock>,
    mut moved: Local<Option<Duration>>,
    mut detail: ResMut<LevelOfDetail>,
    mut frames: MessageWriter<NextFrame>,
) {
    if view.is_changed() || transition.is_running() {
        *moved = Some(clock.now());
    }
    let rests = moved.is_none_or(|moved| clock.now().saturating_sub(moved) >= PAUSE);
    let reduced = samples.len() > FEW && !rests;
    detail.set_if_neq(LevelOfDetail { reduced });
    if reduced {
        frames.write(NextFrame);
    }
}
