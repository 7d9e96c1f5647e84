//! The depths of the plain points → a depth attachment, for the points that are drawn later.

use wgpu::*;

use super::geometry::FORMAT;
use super::source;

const DEPTH: TextureFormat = TextureFormat::Depth32Float;

/// The layout of a texture of depths.
pub fn depths_layout(device: &Device) -> BindGroupLayout {
    device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some("depths"),
        entries: &[BindGroupLayoutEntry {
            binding: 0,
            visibility: ShaderStages::FRAGMENT,
            ty: BindingType::Texture {
                sample_type: TextureSampleType::Float { filterable: false },
                view_dimension: TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        }],
    })
}

/// Writes depths and no colours.
pub fn depth_pipeline(device: &Device, depths: &BindGroupLayout) -> RenderPipeline {
    let shader = device.create_shader_module(ShaderModuleDescriptor {
        label: Some("depths"),
        source: ShaderSource::Wgsl(source::DEPTH.into()),
    });
    device.create_render_pipeline(&RenderPipelineDescriptor {
        label: Some("depths"),
        layout: Some(&device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: Some("depths"),
            bind_group_layouts: &[Some(depths)],
            immediate_size: 0,
        })),
        vertex: VertexState {
            module: &shader,
            entry_point: Some("everywhere"),
            compilation_options: PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: PrimitiveState::default(),
        depth_stencil: Some(DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(true),
            depth_compare: Some(CompareFunction::Always),
            stencil: StencilState::default(),
            bias: DepthBiasState::default(),
        }),
        multisample: MultisampleState::default(),
        fragment: Some(FragmentState {
            module: &shader,
            entry_point: Some("write_depth"),
            compilation_options: PipelineCompilationOptions::default(),
            targets: &[Some(ColorTargetState {
                format: FORMAT,
                blend: None,
                write_mask: ColorWrites::empty(),
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
