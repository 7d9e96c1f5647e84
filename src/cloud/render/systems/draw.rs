//! Draws a frame.

use bevy::camera::Viewport;
use bevy::prelude::*;
use bevy::render::camera::ExtractedCamera;
use bevy::render::render_phase::TrackedRenderPass;
use bevy::render::render_resource::{
    BindGroup, CachedRenderPipelineId, PipelineCache, RenderPassDescriptor, RenderPipeline,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue, ViewQuery};
use bevy::render::view::ViewTarget;

use crate::cloud::camera::settings::CloudCamera;
use crate::cloud::render::buffers::CloudBuffers;
use crate::cloud::render::level_of_detail::Cost;
use crate::cloud::render::pipeline::PointPipelines;
use crate::cloud::render::point_layer_cache::{PointLayerCache, Scene};
use crate::cloud::render::point_layer_renderer::PointLayerRenderer;

/// Vertices of a point.
pub const CORNERS: u32 = 3;

pub fn draw(
    view: ViewQuery<(&ExtractedCamera, &ViewTarget), With<CloudCamera>>,
    buffers: Res<CloudBuffers>,
    pipelines: Res<PointPipelines>,
    cache: Res<PipelineCache>,
    (device, queue): (Res<RenderDevice>, Res<RenderQueue>),
    mut layer_cache: ResMut<PointLayerCache>,
    mut renderer: ResMut<PointLayerRenderer>,
    mut cost: ResMut<Cost>,
    mut context: RenderContext,
) {
    let (camera, target) = view.into_inner();
    clear(&mut context, target);
    let Some(bind_group) = buffers.bind_group() else {
        return;
    };
    let size = target.main_texture().size();
    let whole = URect::new(0, 0, size.width, size.height);
    let viewport = Viewport::from_viewport_and_override(camera.viewport.as_ref(), None);
    let canvas = viewport.as_ref().map_or(whole, |viewport| {
        let start = viewport.physical_position;
        URect::from_corners(start, start + viewport.physical_size).intersect(whole)
    });
    let ready = |pipeline: Option<CachedRenderPipelineId>| cache.get_render_pipeline(pipeline?);
    let viewport = viewport.as_ref();

    let deep = buffers.uniforms().is_deep();
    layer_cache.fit(&device, target.main_texture(), deep);
    let scene = Scene {
        uniforms: buffers.uniforms().of_point_layer(),
        revision: buffers.revision(),
        canvas,
    };
    if layer_cache.is_stale(scene) {
        let drawn = renderer.draw(
            &mut layer_cache,
            &buffers,
            &mut cost,
            (&device, &queue),
            &mut context,
        );
        let background = (!drawn).then_some(buffers.uniforms().drawn().background);
        let Some((color, depth)) = layer_cache.attachments(background) else {
            return;
        };
        if deep || !drawn {
            let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
                label: Some("depths of the plain points"),
                color_attachments: &[Some(color)],
                depth_stencil_attachment: depth,
                ..default()
            });
            if drawn {
                renderer.write_depth(pass.wgpu_pass(), &layer_cache);
            }
        }
    }
    if !canvas.is_empty() {
        layer_cache.copy_to(context.command_encoder(), target.main_texture(), canvas);
    }
    let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("points on top"),
        color_attachments: &[Some(target.get_color_attachment())],
        depth_stencil_attachment: layer_cache.depth(),
        ..default()
    });
    let labelled = match buffers.uniforms().labels_are_plain() {
        true => 0,
        false => buffers.labelled_count(),
    };
    draw_top_layer(
        &mut pass,
        viewport,
        ready(pipelines.labelled),
        bind_group,
        labelled,
    );
    draw_top_layer(&mut pass, viewport, ready(pipelines.highlighted), bind_group, 2);
}

/// What lies beside the canvas. The first pass on a target clears it.
fn clear(context: &mut RenderContext, target: &ViewTarget) {
    context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("beside the canvas"),
        color_attachments: &[Some(target.get_color_attachment())],
        ..default()
    });
}

fn draw_top_layer<'a>(
    pass: &mut TrackedRenderPass<'a>,
    viewport: Option<&Viewport>,
    pipeline: Option<&'a RenderPipeline>,
    bind_group: &'a BindGroup,
    points: u32,
) {
    let Some(pipeline) = pipeline.filter(|_| points > 0) else {
        return;
    };
    if let Some(viewport) = viewport {
        pass.set_camera_viewport(viewport);
    }
    pass.set_render_pipeline(pipeline);
    pass.set_bind_group(0, bind_group, &[]);
    pass.draw(0..CORNERS * points, 0..1);
}
