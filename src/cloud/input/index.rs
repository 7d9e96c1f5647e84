//! The search tree over the points as they are now, built beside the frames: whoever asks before it is done waits.

use std::sync::Arc;

use bevy::prelude::*;
use bevy::tasks::{AsyncComputeTaskPool, Task, block_on};

use super::bvh::Bvh;
use crate::cloud::data::allocator::give_back_soon;
use crate::cloud::data::message::Placement;
use crate::cloud::data::sample::tame;

/// Points whose loading leaves much memory behind.
const MANY: usize = 200_000;

/// The newest tree.
#[derive(Resource, Default)]
pub enum SpatialIndex {
    #[default]
    Empty,
    Building(Task<Bvh>),
    Ready(Bvh),
}

impl SpatialIndex {
    /// Begins with a tree over these positions, which come from `departures` (empty at rest).
    pub fn build(placement: Arc<Placement>, departures: Vec<Vec3>) -> Self {
        let task = AsyncComputeTaskPool::get().spawn(async move {
            let targets: Vec<Vec3> = placement.positions.iter().map(|&at| tame(at)).collect();
            let tree = Bvh::new(&targets, &departures);
            if targets.len() >= MANY {
                give_back_soon();
            }
            tree
        });
        Self::Building(task)
    }

    /// The tree, `None` before any points.
    pub fn tree(&mut self) -> Option<&Bvh> {
        if let Self::Building(task) = self {
            *self = Self::Ready(block_on(task));
        }
        match self {
            Self::Ready(tree) => Some(tree),
            _ => None,
        }
    }
}
