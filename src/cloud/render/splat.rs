//! Plain points as a picture: the compute passes of `splat.wgsl`, on a bare device, for the cloud and for whoever measures
//! what these passes cost without one.

mod bindings;
mod field;
mod settle;

use std::sync::OnceLock;

use bevy::math::UVec2;
use wgpu::*;

use bindings::{bind, layout, pipeline, read, storage_texture, write};
pub use field::{Field, fits};
use settle::{depths_layout, settle_pipeline};

/// All shaders of the cloud begin with this.
pub const CLOUD: &str = include_str!("../../../shaders/cloud.wgsl");

/// The buffers that `cloud.wgsl` names, in its order.
pub const SHARED_BUFFERS: usize = 10;

/// Points that one invocation takes at least, at this many workgroups.
const POINTS_GROUP: u32 = 256;
const MOST_GROUPS: u32 = 2048;
/// Pixels in a row of a cell and of a tile.
const CELL: u32 = 2;
const TILE: u32 = 4;
/// Of the picture.
pub const FORMAT: TextureFormat = TextureFormat::Rgba8Unorm;

/// The pipelines.
pub struct Splat {
    shared: BindGroupLayout,
    found: BindGroupLayout,
    painted: BindGroupLayout,
    depths: BindGroupLayout,
    device: Device,
    shader: ShaderModule,
    finding: PipelineLayout,
    /// `count` and `sort`, by whether points move and whether they have a third axis; made when they are needed.
    over_points: [OnceLock<[ComputePipeline; 2]>; 4],
    dispatches: BindGroupLayout,
    over_tiles: [ComputePipeline; 5],
    paint: ComputePipeline,
    paint_deep: ComputePipeline,
    settle: RenderPipeline,
    linearly: Sampler,
}

/// What there is to draw.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// Number of plain points, or a few more.
    pub slots: u32,
    /// Whether points are under way.
    pub moves: bool,
    /// sRGB.
    pub background: [f32; 3],
}

/// The canvas and the margin around it, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub canvas: UVec2,
    pub margin: u32,
}

impl Extent {
    fn field(self) -> UVec2 {
        self.canvas + 2 * self.margin
    }

    fn grid(self, side: u32) -> UVec2 {
        (self.field() + side - 1) / side
    }

    /// The margin for discs that reach so far, in pixels.
    pub fn margin(reach: f32) -> u32 {
        (reach.max(0.0) as u32 + 1).next_multiple_of(TILE)
    }
}

impl Splat {
    pub fn new(device: &Device) -> Self {
        let source = [CLOUD, include_str!("../../../shaders/splat.wgsl")].concat();
        let shader = device.create_shader_module(ShaderModuleDescriptor {
            label: Some("splat"),
            source: ShaderSource::Wgsl(source.into()),
        });
        let layout = |label, entries: &[BindingType]| layout(device, label, entries);
        let shared = layout("cloud", &[read(); SHARED_BUFFERS]);
        let found = layout(
            "found",
            &[write(), write(), write(), storage_texture(FORMAT), write()],
        );
        let painted = layout(
            "painted",
            &[
                read(),
                read(),
                BindingType::Texture {
                    sample_type: TextureSampleType::Float { filterable: true },
                    view_dimension: TextureViewDimension::D2,
                    multisampled: false,
                },
                BindingType::Sampler(SamplerBindingType::Filtering),
                storage_texture(FORMAT),
                storage_texture(TextureFormat::R32Float),
                read(),
            ],
        );
        let pipelines = |groups: &[Option<&BindGroupLayout>]| {
            device.create_pipeline_layout(&PipelineLayoutDescriptor {
                label: Some("splat"),
                bind_group_layouts: groups,
                immediate_size: 0,
            })
        };
        let finding = pipelines(&[Some(&shared), Some(&found)]);
        let dispatches = layout("dispatches", &[write()]);
        let listing = pipelines(&[Some(&shared), Some(&found), None, Some(&dispatches)]);
        let painting = pipelines(&[Some(&shared), None, Some(&painted)]);
        let step = |name, layout| pipeline(device, &shader, (name, layout), &[]);
        let depths = depths_layout(device);
        Self {
            over_points: Default::default(),
            over_tiles: [
                step("tally", &listing),
                step("claim", &finding),
                step("allot", &finding),
                step("enlist", &listing),
                step("shade", &finding),
            ],
            dispatches,
            paint: step("paint", &painting),
            paint_deep: step("paint_deep", &painting),
            settle: settle_pipeline(device, &depths),
            linearly: device.create_sampler(&SamplerDescriptor {
                mag_filter: FilterMode::Linear,
                min_filter: FilterMode::Linear,
                ..SamplerDescriptor::default()
            }),
            device: device.clone(),
            shader,
            finding,
            shared,
            found,
            painted,
            depths,
        }
    }

    fn over_points(&self, moves: bool, deep: bool) -> &[ComputePipeline; 2] {
        self.over_points[usize::from(moves) * 2 + usize::from(deep)].get_or_init(|| {
            let constants = [
                ("MOVES", f64::from(u8::from(moves))),
                ("DEEP", f64::from(u8::from(deep))),
            ];
            ["count", "sort"]
                .map(|name| pipeline(&self.device, &self.shader, (name, &self.finding), &constants))
        })
    }

    /// Binds the buffers of `cloud.wgsl`.
    pub fn bind(&self, buffers: [BindingResource; SHARED_BUFFERS]) -> BindGroup {
        bind(&self.device, &self.shared, buffers)
    }

    /// Encodes all passes.
    pub fn encode(&self, encoder: &mut CommandEncoder, shared: &BindGroup, field: &Field, drawn: Drawn) {
        let extent = Extent {
            canvas: field.size,
            margin: 0,
        };
        let groups = |grid: UVec2, size: u32| (grid.x * grid.y).div_ceil(size);
        let of_points = drawn.slots.div_ceil(POINTS_GROUP).clamp(1, MOST_GROUPS);
        let of_tiles = groups(extent.grid(TILE), 256);
        field.clear(encoder, drawn.background);
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("splat"),
            timestamp_writes: None,
        });
        pass.set_bind_group(0, shared, &[]);
        pass.set_bind_group(1, &field.found, &[]);
        let [count, sort] = self.over_points(drawn.moves, field.deep);
        let [tally, claim, allot, enlist, shade] = &self.over_tiles;
        pass.set_bind_group(3, &field.listing, &[]);
        for (step, groups) in [
            (count, of_points),
            (tally, of_tiles),
            (claim, of_tiles),
            (allot, 1),
            (enlist, of_tiles),
            (sort, of_points),
        ] {
            pass.set_pipeline(step);
            pass.dispatch_workgroups(groups, 1, 1);
        }
        pass.set_pipeline(shade);
        pass.dispatch_workgroups_indirect(&field.dispatches, 16);
        pass.set_pipeline(if field.deep { &self.paint_deep } else { &self.paint });
        pass.set_bind_group(2, &field.painted, &[]);
        pass.dispatch_workgroups_indirect(&field.dispatches, 0);
    }

    /// Puts the depths of a deep field into the attachment of `pass`.
    pub fn settle(&self, pass: &mut RenderPass, field: &Field) {
        pass.set_pipeline(&self.settle);
        pass.set_bind_group(0, &field.depths, &[]);
        pass.draw(0..3, 0..1);
    }
}
