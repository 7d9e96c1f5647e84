//! The draw calls, in the camera's main pass.

use bevy::camera::Viewport;
use bevy::core_pipeline::core_3d::{main_opaque_pass_3d, main_transparent_pass_3d};
use bevy::core_pipeline::{Core3d, Core3dSystems};
use bevy::prelude::*;
use bevy::render::RenderApp;
use bevy::render::camera::ExtractedCamera;
use bevy::render::extract_component::ExtractComponentPlugin;
use bevy::render::render_resource::{PipelineCache, RenderPassDescriptor, StoreOp};
use bevy::render::renderer::{RenderContext, ViewQuery};
use bevy::render::view::{ViewDepthTexture, ViewTarget};

use super::buffers::CloudBuffers;
use super::camera::CloudCamera;
use super::pipeline::PointPipelines;

/// Draws the points. Needs the render app.
pub struct DrawPlugin;

impl Plugin for DrawPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(ExtractComponentPlugin::<CloudCamera>::default());
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app.add_systems(
            Core3d,
            draw.in_set(Core3dSystems::MainPass)
                .after(main_opaque_pass_3d)
                .before(main_transparent_pass_3d),
        );
    }
}

/// Vertices of a point.
const CORNERS: u32 = 3;

fn draw(
    view: ViewQuery<(&ExtractedCamera, &ViewTarget, &ViewDepthTexture), With<CloudCamera>>,
    buffers: Res<CloudBuffers>,
    pipelines: Res<PointPipelines>,
    cache: Res<PipelineCache>,
    mut context: RenderContext,
) {
    let Some(bind_group) = buffers.bind_group() else {
        return;
    };
    let (camera, target, depth) = view.into_inner();
    let layers = [
        (pipelines.plain, buffers.count()),
        (pipelines.labelled, buffers.labelled_count()),
        (pipelines.marked, 2),
    ];
    let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("points"),
        color_attachments: &[Some(target.get_color_attachment())],
        depth_stencil_attachment: buffers.by_depth().then(|| depth.get_attachment(StoreOp::Store)),
        timestamp_writes: None,
        occlusion_query_set: None,
        multiview_mask: None,
    });
    if let Some(viewport) = Viewport::from_viewport_and_override(camera.viewport.as_ref(), None) {
        pass.set_camera_viewport(&viewport);
    }
    for (pipeline, points) in layers {
        let Some(pipeline) = pipeline.and_then(|id| cache.get_render_pipeline(id)) else {
            continue;
        };
        if points > 0 {
            pass.set_render_pipeline(pipeline);
            pass.set_bind_group(0, bind_group, &[]);
            pass.draw(0..CORNERS * points, 0..1);
        }
    }
}
