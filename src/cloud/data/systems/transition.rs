//! Points move on.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::animation::{AnimationPaused, NextFrame};
use crate::cloud::clock::Clock;
use crate::cloud::data::transition::{Departures, Morph, Transition};

pub fn hold(morph: Res<Morph>, mut transition: ResMut<Transition>, mut redraw: MessageWriter<RequestRedraw>) {
    if transition.is_held() {
        transition.hold(morph.0);
        redraw.write(RequestRedraw);
    }
}

pub fn advance(
    clock: Res<Clock>,
    paused: Res<AnimationPaused>,
    mut transition: ResMut<Transition>,
    mut frames: MessageWriter<NextFrame>,
) {
    if transition.is_running() {
        if !paused.0 {
            transition.advance(clock.now());
        }
        frames.write(NextFrame);
    }
}

pub fn forget_departures(transition: Res<Transition>, mut departures: ResMut<Departures>) {
    if !transition.has_departures() && !departures.0.is_empty() {
        departures.0 = Arc::default();
    }
}
