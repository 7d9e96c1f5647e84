//! The compute passes of `splat.wgsl`, on a bare device: for the cloud, and for whoever measures what these passes cost
//! without one.

use std::sync::OnceLock;

use bevy::math::UVec2;
use wgpu::*;

use super::bindings::{bind, pipeline};
use super::depth_writer::depth_pipeline;
use super::geometry::{
    ALL_TILES_GROUP, Drawn, Extent, MOST_GROUPS, POINTS_GROUP, RESOLVE_DISPATCH, SHADE_DISPATCH,
    SHARED_BUFFERS, TILE_PIXELS,
};
use super::layouts::Layouts;
use super::pass_buffers::PassBuffers;
use super::source::{CLOUD, SPLAT};

/// The pipelines.
pub struct Splat {
    layouts: Layouts,
    shader: ShaderModule,
    over_points: PipelineLayout,
    /// `count_cells` and `scatter`, by whether points move and whether they have a third axis; made when they are needed.
    count_and_scatter: [OnceLock<[ComputePipeline; 2]>; 4],
    sum_tiles: ComputePipeline,
    reserve_discs: ComputePipeline,
    scan_offsets: ComputePipeline,
    list_tiles: ComputePipeline,
    shade_density: ComputePipeline,
    resolve_tiles: ComputePipeline,
    resolve_tiles_by_depth: ComputePipeline,
    write_depth: RenderPipeline,
}

impl Splat {
    pub fn new(device: &Device) -> Self {
        let shader = device.create_shader_module(ShaderModuleDescriptor {
            label: Some("splat"),
            source: ShaderSource::Wgsl([CLOUD, SPLAT].concat().into()),
        });
        let layouts = Layouts::new(device);
        let pipelines = |groups: &[Option<&BindGroupLayout>]| {
            device.create_pipeline_layout(&PipelineLayoutDescriptor {
                label: Some("splat"),
                bind_group_layouts: groups,
                immediate_size: 0,
            })
        };
        let (shared, written) = (Some(&layouts.shared), Some(&layouts.written));
        let over_points = pipelines(&[shared, written]);
        let listing = pipelines(&[shared, written, None, Some(&layouts.dispatches)]);
        let resolving = pipelines(&[shared, None, Some(&layouts.resolved)]);
        let pass = |name, layout| pipeline(device, &shader, (name, layout), &[]);
        Self {
            count_and_scatter: Default::default(),
            sum_tiles: pass("sum_tiles", &listing),
            reserve_discs: pass("reserve_discs", &over_points),
            scan_offsets: pass("scan_offsets", &over_points),
            list_tiles: pass("list_tiles", &listing),
            shade_density: pass("shade_density", &over_points),
            resolve_tiles: pass("resolve_tiles", &resolving),
            resolve_tiles_by_depth: pass("resolve_tiles_by_depth", &resolving),
            write_depth: depth_pipeline(device, &layouts.depths),
            layouts,
            shader,
            over_points,
        }
    }

    /// The layouts of what the passes bind.
    pub fn layouts(&self) -> &Layouts {
        &self.layouts
    }

    fn count_and_scatter(&self, moves: bool, deep: bool) -> &[ComputePipeline; 2] {
        self.count_and_scatter[usize::from(moves) * 2 + usize::from(deep)].get_or_init(|| {
            let constants = [
                ("MOVES", f64::from(u8::from(moves))),
                ("DEEP", f64::from(u8::from(deep))),
            ];
            ["count_cells", "scatter"].map(|name| {
                let device = &self.layouts.device;
                pipeline(device, &self.shader, (name, &self.over_points), &constants)
            })
        })
    }

    /// Binds the buffers of `cloud.wgsl`.
    pub fn bind(&self, buffers: [BindingResource; SHARED_BUFFERS]) -> BindGroup {
        bind(&self.layouts.device, &self.layouts.shared, buffers)
    }

    /// Encodes all passes.
    pub fn encode(
        &self,
        encoder: &mut CommandEncoder,
        shared: &BindGroup,
        buffers: &PassBuffers,
        drawn: Drawn,
    ) {
        let extent = Extent {
            canvas: buffers.size,
            margin: 0,
        };
        let groups = |grid: UVec2, size: u32| (grid.x * grid.y).div_ceil(size);
        let of_points = drawn.points.div_ceil(POINTS_GROUP).clamp(1, MOST_GROUPS);
        let of_tiles = groups(extent.grid(TILE_PIXELS), ALL_TILES_GROUP);
        buffers.clear(encoder, drawn.background);
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("splat"),
            timestamp_writes: None,
        });
        pass.set_bind_group(0, shared, &[]);
        pass.set_bind_group(1, &buffers.written, &[]);
        pass.set_bind_group(3, &buffers.listing, &[]);
        let [count_cells, scatter] = self.count_and_scatter(drawn.moves, buffers.deep);
        for (step, groups) in [
            (count_cells, of_points),
            (&self.sum_tiles, of_tiles),
            (&self.reserve_discs, of_tiles),
            (&self.scan_offsets, 1),
            (&self.list_tiles, of_tiles),
            (scatter, of_points),
        ] {
            pass.set_pipeline(step);
            pass.dispatch_workgroups(groups, 1, 1);
        }
        pass.set_pipeline(&self.shade_density);
        pass.dispatch_workgroups_indirect(&buffers.dispatches, SHADE_DISPATCH * 4);
        pass.set_pipeline(if buffers.deep {
            &self.resolve_tiles_by_depth
        } else {
            &self.resolve_tiles
        });
        pass.set_bind_group(2, &buffers.resolved, &[]);
        pass.dispatch_workgroups_indirect(&buffers.dispatches, RESOLVE_DISPATCH * 4);
    }

    /// Puts the depths of points in space into the attachment of `pass`.
    pub fn write_depth(&self, pass: &mut RenderPass, buffers: &PassBuffers) {
        pass.set_pipeline(&self.write_depth);
        pass.set_bind_group(0, &buffers.depths, &[]);
        pass.draw(0..3, 0..1);
    }
}
