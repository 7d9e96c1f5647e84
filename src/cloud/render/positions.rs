//! Where the points are, on the GPU: a buffer per axis, so that one binding holds as many points in three dimensions as in
//! two. A cloud at rest has no departures.

use bevy::prelude::*;
use wgpu::BindingResource;

use super::encode::{departures, targets};
use super::growable_buffer::{Gpu, GrowableBuffer};
use crate::cloud::data::transition::Departures;

/// Targets and departures by axis. A flat cloud leaves the third ones empty.
#[derive(Default)]
pub struct PositionBuffers {
    targets: [GrowableBuffer; 3],
    departures: [GrowableBuffer; 3],
}

impl PositionBuffers {
    /// Copies all of `count` points. Returns whether they have to be bound anew.
    pub fn copy(&mut self, main: &mut World, count: usize, axes: usize, gpu: Gpu) -> bool {
        let mut anew = false;
        for (axis, buffer) in self.targets.iter_mut().enumerate() {
            anew |= if axis < axes {
                buffer.fill("targets", &targets(main, count, axis), gpu)
            } else {
                buffer.clear()
            };
        }
        let from = &main.resource::<Departures>().0;
        for (axis, buffer) in self.departures.iter_mut().enumerate() {
            anew |= if axis < axes && !from.is_empty() {
                buffer.fill("departures", &departures(from, count, axis), gpu)
            } else {
                buffer.clear()
            };
        }
        anew
    }

    /// Lets the departures go. Returns whether there were any.
    pub fn rest(&mut self) -> bool {
        self.departures
            .iter_mut()
            .fold(false, |any, buffer| buffer.clear() | any)
    }

    /// Bytes on the device.
    pub fn bytes(&self) -> u64 {
        self.targets
            .iter()
            .chain(&self.departures)
            .map(GrowableBuffer::size)
            .sum()
    }

    pub fn is_empty(&self) -> bool {
        self.targets[0].is_empty()
    }

    /// Targets, then departures, as `cloud.wgsl` names them.
    pub fn bindings(&self) -> Option<[BindingResource<'_>; 6]> {
        let [x, y, z] = &self.targets;
        let (x, y) = (x.binding()?, y.binding()?);
        let target = [x.clone(), y, z.binding().unwrap_or(x)];
        // What is not moving comes from where it is, and is not read.
        let mut all = [target.clone(), target].concat();
        for (place, buffer) in all[3..].iter_mut().zip(&self.departures) {
            *place = buffer.binding().unwrap_or(place.clone());
        }
        all.try_into().ok()
    }
}
