//! Short forms of what wgpu wants to know of a pipeline and its bindings.

use wgpu::*;

/// The compute pipeline of the entry point `name`, with the constants that it overrides.
pub fn pipeline(
    device: &Device,
    shader: &ShaderModule,
    (name, layout): (&str, &PipelineLayout),
    constants: &[(&str, f64)],
) -> ComputePipeline {
    device.create_compute_pipeline(&ComputePipelineDescriptor {
        label: Some(name),
        layout: Some(layout),
        module: shader,
        entry_point: Some(name),
        compilation_options: PipelineCompilationOptions {
            constants,
            ..PipelineCompilationOptions::default()
        },
        cache: None,
    })
}

/// A storage buffer that a pass reads.
pub fn read() -> BindingType {
    buffer(true)
}

/// A storage buffer that a pass reads and writes.
pub fn write() -> BindingType {
    buffer(false)
}

fn buffer(read_only: bool) -> BindingType {
    BindingType::Buffer {
        ty: BufferBindingType::Storage { read_only },
        has_dynamic_offset: false,
        min_binding_size: None,
    }
}

/// A texture that a pass writes.
pub fn storage_texture(format: TextureFormat) -> BindingType {
    BindingType::StorageTexture {
        access: StorageTextureAccess::WriteOnly,
        format,
        view_dimension: TextureViewDimension::D2,
    }
}

/// Bindings of these types from 0 on, for compute passes.
pub fn layout(device: &Device, label: &str, types: &[BindingType]) -> BindGroupLayout {
    let entries: Vec<_> = types
        .iter()
        .zip(0..)
        .map(|(&ty, binding)| BindGroupLayoutEntry {
            binding,
            visibility: ShaderStages::COMPUTE,
            ty,
            count: None,
        })
        .collect();
    device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some(label),
        entries: &entries,
    })
}

/// These resources as the bindings from 0 on.
pub fn bind<const N: usize>(
    device: &Device,
    layout: &BindGroupLayout,
    resources: [BindingResource; N],
) -> BindGroup {
    let entries: Vec<_> = resources
        .into_iter()
        .zip(0..)
        .map(|(resource, binding)| BindGroupEntry { binding, resource })
        .collect();
    device.create_bind_group(&BindGroupDescriptor {
        label: Some("splat"),
        layout,
        entries: &entries,
    })
}
