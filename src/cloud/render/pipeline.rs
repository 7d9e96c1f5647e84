//! The two render pipelines of points that wear something: labelled, marked.

use bevy::asset::uuid_handle;
use bevy::core_pipeline::core_3d::CORE_3D_DEPTH_FORMAT;
use bevy::prelude::*;
use bevy::render::render_resource::binding_types::{
    storage_buffer_read_only, storage_buffer_read_only_sized,
};
use bevy::render::render_resource::*;
use bevy::render::view::ExtractedView;
use bevy::render::{GpuResourceAppExt, Render, RenderApp, RenderSystems};
use bevy::shader::Shader;

use super::buffers::CloudBuffers;
use super::splat::{CLOUD, SHARED_BUFFERS};
use super::uniforms::Uniforms;
use crate::cloud::camera::orbit::CloudCamera;

/// The labelled serials.
const OWN_BUFFERS: usize = 1;
const SHADER: Handle<Shader> = uuid_handle!("5f3b1c52-6f0e-4f57-9d83-6c1d7a0e2f11");

/// Registers the shader and prepares pipelines. Needs the render app.
pub struct PipelinePlugin;

impl Plugin for PipelinePlugin {
    fn build(&self, app: &mut App) {
        let source = [CLOUD, include_str!("../../../shaders/points.wgsl")].concat();
        let inserted = app
            .world_mut()
            .resource_mut::<Assets<Shader>>()
            .insert(&SHADER, Shader::from_wgsl(source, "shaders/points.wgsl"));
        if let Err(error) = inserted {
            error!("the shader of the points cannot be loaded: {error}");
        }
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            .init_gpu_resource::<PointPipeline>()
            .init_gpu_resource::<SpecializedRenderPipelines<PointPipeline>>()
            .init_gpu_resource::<PointPipelines>()
            .add_systems(Render, specialize.in_set(RenderSystems::Queue));
    }
}

/// What is drawn, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    Labelled,
    Marked,
}

/// What pipelines differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PointKey {
    layer: Layer,
    format: TextureFormat,
    /// Whether nearer points hide farther ones.
    depth: bool,
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
    pub marked: Option<CachedRenderPipelineId>,
}

impl SpecializedRenderPipeline for PointPipeline {
    type Key = PointKey;

    fn specialize(&self, key: PointKey) -> RenderPipelineDescriptor {
        let vertex = match key.layer {
            Layer::Labelled => "labelled_vertex",
            Layer::Marked => "marked_vertex",
        };
        // Marked points shine through what is before them.
        let hidden = key.layer != Layer::Marked;
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
                entry_point: Some("dressed_fragment".into()),
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

fn specialize(
    views: Query<&ExtractedView, With<CloudCamera>>,
    buffers: Res<CloudBuffers>,
    pipeline: Res<PointPipeline>,
    mut specialized: ResMut<SpecializedRenderPipelines<PointPipeline>>,
    mut cache: ResMut<PipelineCache>,
    mut pipelines: ResMut<PointPipelines>,
) {
    let Some(view) = views.iter().next() else { return };
    let mut of = |layer| {
        let key = PointKey {
            layer,
            format: view.target_format,
            depth: buffers.uniforms().is_deep(),
        };
        let id = specialized.specialize(&cache, &pipeline, key);
        // A window that sleeps between inputs would stay empty if this frame were drawn without the points.
        if cache.get_render_pipeline(id).is_none() {
            cache.block_on_render_pipeline(id);
        }
        Some(id)
    };
    *pipelines = PointPipelines {
        labelled: of(Layer::Labelled),
        marked: of(Layer::Marked),
    };
}
