//! The way from the old positions to the new ones: one number per frame, the points themselves move in the shader.

use std::time::Duration;

use bevy::prelude::*;
use bevy::window::RequestRedraw;

use crate::cloud::CloudSystems;
use crate::cloud::camera::clock::Clock;
use crate::cloud::data::message::{Hold, NextFrame};

/// How long the points are under way.
const DURATION: Duration = Duration::from_millis(800);

/// Advances [`Transition`].
pub struct TransitionPlugin;

impl Plugin for TransitionPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Transition>()
            .init_resource::<Departures>()
            .init_resource::<Morph>()
            .add_systems(
                PostUpdate,
                (hold.run_if(resource_changed::<Morph>), advance, forget_departures)
                    .chain()
                    .in_set(CloudSystems::Transition),
            );
    }
}

/// How far the points are on their way from `Departure` to `Latent`.
#[derive(Resource, Debug, Default)]
pub struct Transition {
    started: Option<Duration>,
    progress: f32,
    /// Where on their way the points stand still.
    held: Option<f32>,
}

/// Share of the way, in 0..=1, at which the points stand still while they have another place to come from.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct Morph(pub f32);

/// Where each point was displayed when its [`Latent`](crate::cloud::data::sample::Latent) arrived, by serial; empty at rest.
#[derive(Resource, Debug, Default)]
pub struct Departures(pub Vec<Vec3>);

impl Transition {
    /// 0 at the departure, 1 at the target, slow at both ends.
    pub fn eased(&self) -> f32 {
        if let Some(share) = self.held {
            return share;
        }
        if self.started.is_none() {
            return 1.0;
        }
        self.progress * self.progress * (3.0 - 2.0 * self.progress)
    }

    /// Whether points are under way.
    pub fn is_running(&self) -> bool {
        self.started.is_some()
    }

    /// Whether points have a place that they come from.
    pub fn has_departures(&self) -> bool {
        self.started.is_some() || self.held.is_some()
    }

    /// Lets the points stand still after this share of their way.
    pub fn hold(&mut self, share: f32) {
        self.started = None;
        self.held = Some(share.clamp(0.0, 1.0));
    }

    /// Sends the points on their way.
    pub fn start(&mut self, now: Duration) {
        self.started = Some(now);
        self.progress = 0.0;
        self.held = None;
    }

    /// Puts the points where they go.
    pub fn finish(&mut self) {
        self.started = None;
        self.held = None;
    }

    /// Moves the points to where they are at this time.
    pub fn advance(&mut self, now: Duration) {
        if let Some(started) = self.started {
            self.progress = (now.saturating_sub(started).as_secs_f32() / DURATION.as_secs_f32()).min(1.0);
            if self.progress >= 1.0 {
                self.finish();
            }
        }
    }
}

fn hold(morph: Res<Morph>, mut motion: ResMut<Transition>, mut redraw: MessageWriter<RequestRedraw>) {
    if motion.held.is_some() {
        motion.hold(morph.0);
        redraw.write(RequestRedraw);
    }
}

fn advance(
    clock: Res<Clock>,
    hold: Res<Hold>,
    mut motion: ResMut<Transition>,
    mut frames: MessageWriter<NextFrame>,
) {
    if motion.is_running() {
        if !hold.0 {
            motion.advance(clock.now());
        }
        frames.write(NextFrame);
    }
}

fn forget_departures(motion: Res<Transition>, mut departures: ResMut<Departures>) {
    if !motion.has_departures() && !departures.0.is_empty() {
        departures.0 = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn motion_eases_from_departure_to_target_and_ends() {
        let mut motion = Transition::default();
        assert_eq!(motion.eased(), 1.0);
        motion.start(Duration::from_secs(5));
        assert_eq!(motion.eased(), 0.0);
        motion.advance(Duration::from_secs(5) + DURATION / 2);
        assert!((motion.eased() - 0.5).abs() < 1e-3);
        motion.advance(Duration::from_secs(5) + DURATION);
        assert_eq!(motion.eased(), 1.0);
        assert!(!motion.is_running());
    }

    #[test]
    fn points_that_are_held_stand_still() {
        let mut motion = Transition::default();
        motion.hold(0.3);
        motion.advance(Duration::from_secs(9));
        assert_eq!(motion.eased(), 0.3);
        assert!(motion.has_departures() && !motion.is_running());
        motion.start(Duration::from_secs(9));
        assert_eq!(motion.eased(), 0.0);
        motion.finish();
        assert!(!motion.has_departures());
    }
}
