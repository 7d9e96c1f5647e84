//! The points' copy on the GPU.

use bevy::prelude::*;
use bevy::render::render_resource::*;

use super::growable_buffer::GrowableBuffer;
use super::positions::PositionBuffers;
use super::splat::geometry::SHARED_BUFFERS;
use super::uniforms::Uniforms;
use crate::cloud::style::palette::Palette;
use ssvae_core::filter::Filter;

/// Buffers, and what they hold.
#[derive(Resource, Default)]
pub struct CloudBuffers {
    pub(super) positions: PositionBuffers,
    pub(super) attributes: GrowableBuffer,
    pub(super) labelled: GrowableBuffer,
    pub(super) flags: GrowableBuffer,
    pub(super) palette: GrowableBuffer,
    pub(super) uniforms: StorageBuffer<Uniforms>,
    pub(super) bind_group: Option<BindGroup>,
    pub(super) count: u32,
    pub(super) labelled_count: u32,
    /// Revision of the chosen points that the flags hold, and the number of points; `None` before any.
    pub(super) chosen_revision: Option<(u64, usize)>,
    /// The filter that the flags hold.
    pub(super) filter: Filter,
    pub(super) colors: Option<Palette>,
    pub(super) revision: u64,
    pub(super) bindings: u64,
}

impl CloudBuffers {
    /// Everything the shader reads, once there are points.
    pub fn bind_group(&self) -> Option<&BindGroup> {
        self.bind_group.as_ref()
    }

    /// Number of points.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Number of labelled points.
    pub fn labelled_count(&self) -> u32 {
        self.labelled_count
    }

    /// Rises with every change of what plain and chosen points look like, but for the uniforms.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Rises whenever buffers have to be bound anew.
    pub fn bindings(&self) -> u64 {
        self.bindings
    }

    /// What all points share.
    pub fn uniforms(&self) -> &Uniforms {
        self.uniforms.get()
    }

    /// The buffers that `cloud.wgsl` names, in its order, once all are there.
    pub fn shared(&self) -> Option<[wgpu::BindingResource<'_>; SHARED_BUFFERS]> {
        let uniforms = self.uniforms.binding()?;
        let [x, y, z, from_x, from_y, from_z] = self.positions.bindings()?;
        let (attributes, palette) = (self.attributes.binding()?, self.palette.binding()?);
        let flags = self.flags.binding()?;
        Some([
            uniforms, x, y, z, from_x, from_y, from_z, attributes, palette, flags,
        ])
    }

    /// Bytes on the device.
    pub fn bytes(&self) -> u64 {
        let single = [&self.attributes, &self.labelled, &self.flags, &self.palette];
        self.positions.bytes() + single.map(GrowableBuffer::size).iter().sum::<u64>()
    }

    pub(super) fn bind_anew(&mut self, anew: bool) {
        if anew {
            self.bind_group = None;
            self.bindings += 1;
        }
    }
}
