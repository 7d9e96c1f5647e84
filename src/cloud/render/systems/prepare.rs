//! Pipelines and bindings, before a frame is drawn.

use bevy::prelude::*;
use bevy::render::render_resource::*;
use bevy::render::renderer::RenderDevice;
use bevy::render::view::ExtractedView;

use crate::cloud::camera::settings::CloudCamera;
use crate::cloud::render::buffers::CloudBuffers;
use crate::cloud::render::pipeline::{PointKey, PointPipeline, PointPipelines, TopLayer};

pub fn specialize(
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
        labelled: of(TopLayer::Labelled),
        highlighted: of(TopLayer::Highlighted),
    };
}

pub fn bind(
    mut buffers: ResMut<CloudBuffers>,
    pipeline: Res<PointPipeline>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
) {
    if buffers.bind_group.is_some() {
        return;
    }
    let (Some(shared), Some(labelled)) = (buffers.shared(), buffers.labelled.binding()) else {
        return;
    };
    let entries: Vec<_> = (0..)
        .zip(shared.into_iter().chain([labelled]))
        .map(|(binding, resource)| BindGroupEntry { binding, resource })
        .collect();
    let layout = cache.get_bind_group_layout(&pipeline.layout);
    let bind_group = device.create_bind_group("points", &layout, &entries);
    buffers.bind_group = Some(bind_group);
}
