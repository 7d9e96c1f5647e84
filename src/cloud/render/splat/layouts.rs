//! The layouts of what the passes bind, shared by the pipelines and the buffers.

use wgpu::*;

use super::bindings::{layout, read, storage_texture, write};
use super::depth_writer::depths_layout;
use super::geometry::{FORMAT, SHARED_BUFFERS};

/// One for each bind group, and the sampler that one of them holds.
pub struct Layouts {
    pub device: Device,
    /// Group 0: the buffers of `cloud.wgsl`.
    pub shared: BindGroupLayout,
    /// Group 1: cells, tiles, discs, density and lists of tiles, as they are written.
    pub written: BindGroupLayout,
    /// Group 2: the same as they are read, and the picture.
    pub resolved: BindGroupLayout,
    /// Group 3: how many workgroups the indirect dispatches have.
    pub dispatches: BindGroupLayout,
    /// Of the depth writer.
    pub depths: BindGroupLayout,
    pub linear: Sampler,
}

impl Layouts {
    pub fn new(device: &Device) -> Self {
        let layout = |label, entries: &[BindingType]| layout(device, label, entries);
        Self {
            device: device.clone(),
            shared: layout("cloud", &[read(); SHARED_BUFFERS]),
            written: layout(
                "written",
                &[write(), write(), write(), storage_texture(FORMAT), write()],
            ),
            resolved: layout(
                "resolved",
                &[
                    read(),
                    read(),
                    BindingType::Texture {
                        sample_type: TextureSampleType::Float { filterable: true },
                        view_dimension: TextureViewDimension::D2,
                        multisampled: false,
                    },
                    BindingType::Sampler(SamplerBindingType::Filtering),
                    storage_texture(FORMAT),
                    storage_texture(TextureFormat::R32Float),
                    read(),
                ],
            ),
            dispatches: layout("dispatches", &[write()]),
            depths: depths_layout(device),
            linear: device.create_sampler(&SamplerDescriptor {
                mag_filter: FilterMode::Linear,
                min_filter: FilterMode::Linear,
                ..SamplerDescriptor::default()
            }),
        }
    }
}
