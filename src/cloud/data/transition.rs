//! The way from the old positions to the new ones: one number per frame, the points themselves move in the shader.

use std::sync::Arc;
use std::time::Duration;

use bevy::prelude::*;

/// How long the points are under way.
const DURATION: Duration = Duration::from_millis(800);

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

/// Where each point was displayed when its [`Latent`](super::sample::Latent) arrived, by serial; empty at rest.
#[derive(Resource, Debug, Default)]
pub struct Departures(pub Arc<Vec<Vec3>>);

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

    /// Whether points stand still on their way.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_eases_from_departure_to_target_and_ends() {
        let mut transition = Transition::default();
        assert_eq!(transition.eased(), 1.0);
        transition.start(Duration::from_secs(5));
        assert_eq!(transition.eased(), 0.0);
        transition.advance(Duration::from_secs(5) + DURATION / 2);
        assert!((transition.eased() - 0.5).abs() < 1e-3);
        transition.advance(Duration::from_secs(5) + DURATION);
        assert_eq!(transition.eased(), 1.0);
        assert!(!transition.is_running());
    }

    #[test]
    fn points_that_are_held_stand_still() {
        let mut transition = Transition::default();
        transition.hold(0.3);
        transition.advance(Duration::from_secs(9));
        assert_eq!(transition.eased(), 0.3);
        assert!(transition.has_departures() && !transition.is_running());
        transition.start(Duration::from_secs(9));
        assert_eq!(transition.eased(), 0.0);
        transition.finish();
        assert!(!transition.has_departures());
    }
}
