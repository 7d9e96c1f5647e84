//! The plain points of the cloud, all but those that wear something, as a picture.

use std::time::Instant;

use bevy::prelude::*;
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use wgpu::{BindGroup, PollType, RenderPass};

use super::buffers::CloudBuffers;
use super::level_of_detail::Cost;
use super::point_layer_cache::PointLayerCache;
use super::splat::Splat;

/// What draws them, and the buffers it was bound to last.
#[derive(Resource)]
pub struct PlainPoints {
    splat: Splat,
    bound: Option<(u64, BindGroup)>,
}

impl FromWorld for PlainPoints {
    fn from_world(world: &mut World) -> Self {
        Self {
            splat: Splat::new(world.resource::<RenderDevice>().wgpu_device()),
            bound: None,
        }
    }
}

impl PlainPoints {
    /// Draws them all anew. Returns whether there was anything to draw.
    pub fn draw(
        &mut self,
        still: &mut PointLayerCache,
        buffers: &CloudBuffers,
        cost: &mut Cost,
        (device, queue): (&RenderDevice, &RenderQueue),
        context: &mut RenderContext,
    ) -> bool {
        let extent = buffers.uniforms().extent();
        if buffers.count() == 0 || extent.canvas.min_element() == 0 {
            return false;
        }
        if self
            .bound
            .as_ref()
            .is_none_or(|(bindings, _)| *bindings != buffers.bindings())
        {
            let Some(shared) = buffers.shared() else {
                return false;
            };
            let group = self.splat.bind(shared);
            self.bound = Some((buffers.bindings(), group));
        }
        let Some((_, group)) = &self.bound else {
            return false;
        };
        let Some(field) = still.field(&self.splat, (extent, buffers.count())) else {
            return false;
        };
        let drawn = buffers.uniforms().drawn();
        if !Cost::matters(buffers.count()) {
            self.splat.encode(context.command_encoder(), group, field, drawn);
            return true;
        }
        let started = Instant::now();
        let mut encoder = device.create_command_encoder(&default());
        self.splat.encode(&mut encoder, group, field, drawn);
        queue.submit([encoder.finish()]);
        // A device that is lost says so elsewhere.
        if device.poll(PollType::wait_indefinitely()).is_ok() {
            cost.measured(drawn.slots, started.elapsed());
        }
        true
    }

    /// Puts the depths of what was drawn last into the attachment of `pass`.
    pub fn settle(&self, pass: &mut RenderPass, still: &PointLayerCache) {
        if let Some(field) = still.last_field() {
            self.splat.settle(pass, field);
        }
    }
}
