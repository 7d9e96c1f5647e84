//! The two render pipelines of points on top: labelled ones, then the hovered and the selected one.

use bevy::asset::uuid_handle;
use bevy::core_pipeline::core_3d::CORE_3D_DEPTH_FORMAT;
use bevy::prelude::*;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only, storage_buffer_read_only_sized,
};
use bevy::render::render_resource::*;
use bevy::shader::Shader;

use super::splat::geometry::SHARED_BUFFERS;
use super::splat::source::{CLOUD, POINTS};
use super::uniforms::Uniforms;

/// The labelled serials.
const OWN_BUFFERS: usize = 1;
const SHADER: Handle<Shader> = uuid_handle!("5f3b1c52-6f0e-4f57-9d83-6c1d7a0e2f11");

/// Registers the shader.
pub fn load_shader(app: &mut App) {
    let source = [CLOUD, POINTS].concat();
    let inserted = app
        .world_mut()
        .resource_mut::<Assets<Shader>>()
        .insert(&SHADER, Shader::from_wgsl(source, "shaders/points.wgsl"));
    if let Err(error) = inserted {
        error!("the shader of the points cannot be loaded: {error}");
    }
}

/// What is drawn on top of the plain points, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TopLayer {
    /// Labelled points.
    Labelled,
    /// The hovered and the selected point.
    Highlighted,
}

/// What pipelines differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PointKey {
    pub layer: TopLayer,
    pub format: TextureFormat,
    /// Whether nearer points hide farther ones.
    pub depth: bool,
}

/// The layout that the pipelines share.
#[derive(Resource)]
pub struct PointPipeline {
    pub layout: BindGroupLayoutDescriptor,
}

impl Default for PointPipeline {
    fn default() -> Self {
        let numbers = storage_buffer_read_only::<Uniforms>(false);
        let arrays = [storage_buffer_read_only_sized(false, None); SHARED_BUFFERS - 1 + OWN_BUFFERS];
        let entries: Vec<_> = (0..)
            .zip(std::iter::once(numbers).chain(arrays))
            .map(|(binding, entry)| entry.build(binding, ShaderStages::VERTEX_FRAGMENT))
            .collect();
        Self {
            layout: BindGroupLayoutDescriptor::new("points", &entries),
        }
    }
}

/// The pipelines in use.
#[derive(Resource, Default)]
pub struct PointPipelines {
    pub labelled: Option<CachedRenderPipelineId>,
    pub highlighted: Option<CachedRenderPipelineId>,
}

impl SpecializedRenderPipeline for PointPipeline {
    type Key = PointKey;

    fn specialize(&self, key: PointKey) -> RenderPipelineDescriptor {
        let vertex = match key.layer {
            TopLayer::Labelled => "labelled_vertex",
            TopLayer::Highlighted => "highlighted_vertex",
        };
        // Highlighted points show through what is before them.
        let hidden = key.layer != TopLayer::Highlighted;
        let depth_stencil = key.depth.then(|| DepthStencilState {
            format: CORE_3D_DEPTH_FORMAT,
            depth_write_enabled: Some(hidden),
            depth_compare: Some(if hidden {
                CompareFunction::GreaterEqual
            } else {
                CompareFunction::Always
            }),
            stencil: default(),
            bias: default(),
        });
        RenderPipelineDescriptor {
            label: Some(format!("points {:?}", key.layer).into()),
            layout: vec![self.layout.clone()],
            vertex: VertexState {
                shader: SHADER,
                entry_point: Some(vertex.into()),
                ..default()
            },
            fragment: Some(FragmentState {
                shader: SHADER,
                entry_point: Some("disc_fragment".into()),
                targets: vec![Some(ColorTargetState {
                    format: key.format,
                    blend: Some(BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: ColorWrites::ALL,
                })],
                ..default()
            }),
            depth_stencil,
            ..default()
        }
    }
}
