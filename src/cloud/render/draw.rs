//! What a frame draws: a schedule of its own for the cloud's camera, because Bevy's would clear, load and store a picture
//! and its depths several times more.

use bevy::camera::Viewport;
use bevy::core_pipeline::upscaling::upscaling;
use bevy::ecs::schedule::{ScheduleBuildSettings, ScheduleLabel};
use bevy::prelude::*;
use bevy::render::camera::ExtractedCamera;
use bevy::render::extract_component::ExtractComponentPlugin;
use bevy::render::render_phase::TrackedRenderPass;
use bevy::render::render_resource::{
    BindGroup, CachedRenderPipelineId, PipelineCache, RenderPassDescriptor, RenderPipeline,
};
use bevy::render::renderer::{RenderContext, RenderDevice, RenderQueue, ViewQuery};
use bevy::render::view::ViewTarget;
use bevy::render::{GpuResourceAppExt, RenderApp};

use super::buffers::CloudBuffers;
use super::level_of_detail::Cost;
use super::pipeline::PointPipelines;
use super::plain::PlainPoints;
use super::point_layer_cache::{PointLayerCache, Scene};
use crate::cloud::camera::orbit::CloudCamera;

/// Draws the points. Needs the render app.
pub struct DrawPlugin;

impl Plugin for DrawPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(ExtractComponentPlugin::<CloudCamera>::default());
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            .init_gpu_resource::<PointLayerCache>()
            .init_gpu_resource::<PlainPoints>()
            .add_schedule(drawing())
            .add_systems(CloudDrawing, (draw, upscaling).chain());
    }
}

/// The cloud's camera runs this.
#[derive(ScheduleLabel, Clone, Debug, PartialEq, Eq, Hash)]
pub struct CloudDrawing;

fn drawing() -> Schedule {
    let mut schedule = Schedule::new(CloudDrawing);
    // Encoders are handed on in the order of the systems.
    schedule.set_build_settings(ScheduleBuildSettings {
        auto_insert_apply_deferred: false,
        ..default()
    });
    schedule
}

/// Vertices of a point.
const CORNERS: u32 = 3;

fn draw(
    view: ViewQuery<(&ExtractedCamera, &ViewTarget), With<CloudCamera>>,
    buffers: Res<CloudBuffers>,
    pipelines: Res<PointPipelines>,
    cache: Res<PipelineCache>,
    (device, queue): (Res<RenderDevice>, Res<RenderQueue>),
    mut still: ResMut<PointLayerCache>,
    mut plain: ResMut<PlainPoints>,
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
    still.fit(&device, target.main_texture(), deep);
    let scene = Scene {
        uniforms: buffers.uniforms().plain(),
        revision: buffers.revision(),
        canvas,
    };
    if still.is_stale(scene) {
        let drawn = plain.draw(&mut still, &buffers, &mut cost, (&device, &queue), &mut context);
        let background = (!drawn).then_some(buffers.uniforms().drawn().background);
        let Some((color, depth)) = still.attachments(background) else {
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
                plain.settle(pass.wgpu_pass(), &still);
            }
        }
    }
    if !canvas.is_empty() {
        still.copy_to(context.command_encoder(), target.main_texture(), canvas);
    }
    let mut pass = context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("points on top"),
        color_attachments: &[Some(target.get_color_attachment())],
        depth_stencil_attachment: still.depth(),
        ..default()
    });
    let labelled = match buffers.uniforms().labels_are_plain() {
        true => 0,
        false => buffers.labelled_count(),
    };
    layer(
        &mut pass,
        viewport,
        ready(pipelines.labelled),
        bind_group,
        labelled,
    );
    layer(&mut pass, viewport, ready(pipelines.marked), bind_group, 2);
}

/// What lies beside the canvas. The first pass on a target clears it.
fn clear(context: &mut RenderContext, target: &ViewTarget) {
    context.begin_tracked_render_pass(RenderPassDescriptor {
        label: Some("beside the canvas"),
        color_attachments: &[Some(target.get_color_attachment())],
        ..default()
    });
}

fn layer<'a>(
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
