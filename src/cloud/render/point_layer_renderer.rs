//! Draws the plain points: all that are neither labelled, hovered nor selected.

use std::time::Instant;

use bevy::prelude::*;
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue};
use wgpu::{BindGroup, PollType, RenderPass};

use super::buffers::CloudBuffers;
use super::level_of_detail::Cost;
use super::point_layer_cache::PointLayerCache;
use super::splat::renderer::Splat;

/// What draws them, and the buffers it was bound to last.
#[derive(Resource)]
pub struct PointLayerRenderer {
    splat: Splat,
    bound: Option<(u64, BindGroup)>,
}

impl FromWorld for PointLayerRenderer {
    fn from_world(world: &mut World) -> Self {
        Self {
            splat: Splat::new(world.resource::<RenderDevice>().wgpu_device()),
            bound: None,
        }
    }
}

impl PointLayerRenderer {
    /// Draws them all anew. Returns whether there was anything to draw.
    pub fn draw(
        &mut self,
        layer: &mut PointLayerCache,
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
        let Some(pass_buffers) = layer.buffers(&self.splat, (extent, buffers.count())) else {
            return false;
        };
        let drawn = buffers.uniforms().drawn();
        if !Cost::matters(buffers.count()) {
            self.splat
                .encode(context.command_encoder(), group, pass_buffers, drawn);
            return true;
        }
        let started = Instant::now();
        let mut encoder = device.create_command_encoder(&default());
        self.splat.encode(&mut encoder, group, pass_buffers, drawn);
        queue.submit([encoder.finish()]);
        // A device that is lost says so elsewhere.
        if device.poll(PollType::wait_indefinitely()).is_ok() {
            cost.measured(drawn.points, started.elapsed());
        }
        true
    }

    /// Puts the depths of what was drawn last into the attachment of `pass`.
    pub fn write_depth(&self, pass: &mut RenderPass, layer: &PointLayerCache) {
        if let Some(pass_buffers) = layer.last_buffers() {
            self.splat.write_depth(pass, pass_buffers);
        }
    }
}
