//! Whether the view follows the cloud, and a camera in flight.

use std::time::Duration;

use bevy::prelude::*;

use super::pose::Pose;

/// The view of the whole cloud, and whether the camera holds it.
#[derive(Resource, Debug)]
pub struct Fit {
    /// The pose that shows all, once there is something to show.
    pub fitting: Option<Pose>,
    /// Whether the view follows the cloud, because the user has not moved it since it last fitted.
    pub(super) automatic: bool,
    pub(super) flight: Option<Flight>,
    /// Where to look first, in place of the whole cloud.
    pub(super) first: Option<Pose>,
}

/// A camera in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) from: Pose,
    /// `None` is the pose that shows all, which may still change on the way.
    pub(super) to: Option<Pose>,
    pub(super) started: Duration,
    /// Whether the user wants it, and not the cloud.
    pub(super) asked: bool,
}

impl Default for Fit {
    fn default() -> Self {
        Self {
            fitting: None,
            automatic: true,
            flight: None,
            first: None,
        }
    }
}

impl Fit {
    /// The user moves the view: it no longer follows the cloud.
    pub fn release(&mut self) {
        self.automatic = false;
        self.flight = None;
    }

    /// Sends the camera from one pose to another; the view no longer follows the cloud.
    pub fn fly(&mut self, from: Pose, to: Pose, started: Duration) {
        self.automatic = false;
        self.flight = Some(Flight {
            from,
            to: Some(to),
            started,
            asked: true,
        });
    }

    /// Starts with this pose instead of the fitting one, in two dimensions, where some of the cloud can be seen from there.
    pub fn begin_at(&mut self, pose: Pose) {
        self.first = Some(pose);
    }

    /// Whether the view follows the cloud.
    pub fn follows(&self) -> bool {
        self.automatic
    }

    /// Whether the camera is in flight.
    pub fn is_flying(&self) -> bool {
        self.flight.is_some()
    }
}
