//! The search tree over the points as they are now, built beside the frames: whoever asks before it is done waits.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on};

use super::bvh::Bvh;
use crate::cloud::data::message::Placement;
use crate::platform::allocator::give_back_at_rest;

/// Points whose loading leaves much memory behind.
const MANY: usize = 200_000;

/// The newest search tree.
#[derive(Resource, Default)]
pub enum SpatialIndex {
    #[default]
    Empty,
    Building(Task<Bvh>),
    Ready(Bvh),
}

impl SpatialIndex {
    /// Begins to build one over these positions, which come from `departures` (empty at rest).
    pub fn build(placement: Arc<Placement>, departures: Arc<Vec<Vec3>>) -> Self {
        let task = AsyncComputeTaskPool::get().spawn(async move {
            let bvh = Bvh::new(&placement.positions, &departures);
            if placement.positions.len() >= MANY {
                give_back_at_rest();
            }
            bvh
        });
        Self::Building(task)
    }

    /// The search tree, `None` before any points.
    pub fn bvh(&mut self) -> Option<&Bvh> {
        if let Self::Building(task) = self {
            *self = Self::Ready(block_on(task));
        }
        match self {
            Self::Ready(bvh) => Some(bvh),
            _ => None,
        }
    }
}
