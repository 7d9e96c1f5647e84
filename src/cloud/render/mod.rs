//! How the points are drawn.

pub mod buffers;
mod encode;
mod growable_buffer;
pub mod level_of_detail;
mod pipeline;
mod point_flags;
pub mod point_layer_cache;
mod point_layer_renderer;
mod positions;
pub mod schedule;
pub mod splat;
mod systems;
mod uniforms;

#[cfg(test)]
mod tests;

use bevy::core_pipeline::upscaling::upscaling;
use bevy::ecs::schedule::ScheduleBuildSettings;
use bevy::prelude::*;
use bevy::render::extract_component::ExtractComponentPlugin;
use bevy::render::render_resource::SpecializedRenderPipelines;
use bevy::render::{ExtractSchedule, GpuResourceAppExt, Render, RenderApp, RenderSystems};

use super::camera::settings::CloudCamera;
use super::schedule::CloudSystems;
use buffers::CloudBuffers;
use level_of_detail::{Cost, LevelOfDetail};
use pipeline::{PointPipeline, PointPipelines};
use point_layer_cache::PointLayerCache;
use point_layer_renderer::PointLayerRenderer;
use schedule::CloudDrawing;
use systems::{draw, prepare, upload};

/// Draws the points, where there is a render app.
pub struct RenderPlugin;

impl Plugin for RenderPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<LevelOfDetail>().add_systems(
            PostUpdate,
            systems::level_of_detail::decide
                .after(CloudSystems::View)
                .before(CloudSystems::Selection),
        );
        if app.get_sub_app(RenderApp).is_none() {
            return;
        }
        app.add_plugins(ExtractComponentPlugin::<CloudCamera>::default());
        pipeline::load_shader(app);
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            // Anew with every render device, should one be lost.
            .init_gpu_resource::<CloudBuffers>()
            .init_gpu_resource::<Cost>()
            .init_gpu_resource::<PointPipeline>()
            .init_gpu_resource::<SpecializedRenderPipelines<PointPipeline>>()
            .init_gpu_resource::<PointPipelines>()
            .init_gpu_resource::<PointLayerCache>()
            .init_gpu_resource::<PointLayerRenderer>()
            .add_schedule(drawing())
            .add_systems(ExtractSchedule, upload::copy)
            .add_systems(
                Render,
                (
                    prepare::specialize.in_set(RenderSystems::Queue),
                    prepare::bind.in_set(RenderSystems::PrepareBindGroups),
                ),
            )
            .add_systems(CloudDrawing, (draw::draw, upscaling).chain());
    }
}

/// A schedule of its own, because Bevy's would clear, load and store a picture and its depths several times more.
fn drawing() -> Schedule {
    let mut schedule = Schedule::new(CloudDrawing);
    // Encoders are handed on in the order of the systems.
    schedule.set_build_settings(ScheduleBuildSettings {
        auto_insert_apply_deferred: false,
        ..default()
    });
    schedule
}
