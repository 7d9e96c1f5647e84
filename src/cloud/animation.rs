//! What moves by itself: points on their way, a camera in flight.

use bevy::prelude::*;

/// Asks for one more frame of an animation. Who paces the frames decides when it comes.
#[derive(Message, Clone, Copy, Debug)]
pub struct NextFrame;

/// Whether animations stand still in this frame, because it is drawn in answer to the user and the next frame of the
/// animation is not due yet.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AnimationPaused(pub bool);
