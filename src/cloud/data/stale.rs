//! What of the samples the GPU does not know yet.

use bevy::prelude::*;

/// What the GPU does not know yet.
#[derive(Resource, Debug, Default)]
pub struct Stale {
    pub positions: bool,
    pub attributes: bool,
    /// What the labels say of the points, which few colour modes and filters show.
    pub suggestions: bool,
    /// Single points whose attributes changed.
    pub points: Vec<u32>,
}

impl Stale {
    /// One point's attributes changed.
    pub fn point(&mut self, serial: u32) {
        // Without a GPU nobody takes the points away: the list must not grow for ever.
        const MANY: usize = 4096;
        if self.points.len() < MANY {
            self.points.push(serial);
        } else {
            self.attributes = true;
            self.points.clear();
        }
    }
}
