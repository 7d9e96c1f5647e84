//! Plain points as a picture: the compute passes of `splat.wgsl`, on a bare device, for the cloud and for whoever measures
//! what these passes cost without one.

use std::sync::OnceLock;

use bevy::math::UVec2;
use wgpu::*;

use super::palette::BACKGROUND;

/// All shaders of the cloud begin with this.
pub const CLOUD: &str = include_str!("../../shaders/cloud.wgsl");

/// The buffers that `cloud.wgsl` names, in its order.
pub const SHARED_BUFFERS: usize = 10;

/// Points that one invocation takes at least, at this many workgroups.
const POINTS_GROUP: u32 = 256;
const MOST_GROUPS: u32 = 2048;
/// Pixels in a row of a cell and of a tile.
const CELL: u32 = 2;
const TILE: u32 = 4;
/// Of a tile: how many discs are drawn at most, and its size among the tiles and a disc's, in bytes.
const ROOM: u64 = 80;
const TILE_BYTES: u64 = 16;
const DISC_BYTES: u64 = 16;
const DEPTH: TextureFormat = TextureFormat::Depth32Float;
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
    over_tiles: [ComputePipeline; 5],
    paint: ComputePipeline,
    paint_deep: ComputePipeline,
    settle: RenderPipeline,
    linearly: Sampler,
}

/// What the passes leave between each other, for a canvas of one size and a number of points.
pub struct Field {
    size: UVec2,
    points: u32,
    deep: bool,
    cells: Buffer,
    work: Buffer,
    picture: TextureView,
    all_depths: TextureView,
    disc_bytes: u64,
    found: BindGroup,
    painted: BindGroup,
    depths: BindGroup,
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
        let source = [CLOUD, include_str!("../../shaders/splat.wgsl")].concat();
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
        let painting = pipelines(&[Some(&shared), None, Some(&painted)]);
        let step = |name, layout| pipeline(device, &shader, (name, layout), &[]);
        let depths = depths_layout(device);
        Self {
            over_points: Default::default(),
            over_tiles: ["tally", "claim", "allot", "enlist", "shade"].map(|name| step(name, &finding)),
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
    pub fn bind(&self, device: &Device, buffers: [BindingResource; SHARED_BUFFERS]) -> BindGroup {
        bind(device, &self.shared, buffers)
    }

    /// Room for a picture, which must have [`FORMAT`] and be a storage binding. With `deep`, for its depths too.
    pub fn field(
        &self,
        device: &Device,
        extent: Extent,
        points: u32,
        picture: &Texture,
        deep: bool,
    ) -> Field {
        let area = |grid: UVec2| u64::from(grid.x) * u64::from(grid.y);
        let tiles = area(extent.grid(TILE));
        let buffer = |label, size| {
            device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size,
                usage: BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::INDIRECT,
                mapped_at_creation: false,
            })
        };
        let texture = |label, size: UVec2, format| {
            let usage = TextureUsages::STORAGE_BINDING
                | TextureUsages::TEXTURE_BINDING
                | TextureUsages::RENDER_ATTACHMENT;
            let texture = device.create_texture(&TextureDescriptor {
                label: Some(label),
                size: Extent3d {
                    width: size.x,
                    height: size.y,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: TextureDimension::D2,
                format,
                usage,
                view_formats: &[],
            });
            texture.create_view(&TextureViewDescriptor::default())
        };
        let cells = buffer("cells", area(extent.grid(CELL)) * 16);
        let tiles_buffer = buffer("tiles", (tiles + 1) * TILE_BYTES);
        let discs = buffer("discs", u64::from(points.max(1)).min(tiles * ROOM) * DISC_BYTES);
        let work = buffer("work", (4 + tiles) * 4);
        let crowd = texture("crowd", extent.grid(CELL), FORMAT);
        let whole = if deep {
            UVec2::new(picture.width(), picture.height())
        } else {
            UVec2::ONE
        };
        let depths = texture("depths", whole, TextureFormat::R32Float);
        let picture = picture.create_view(&TextureViewDescriptor::default());
        let view = BindingResource::TextureView;
        Field {
            size: extent.field(),
            points,
            deep,
            found: bind(
                device,
                &self.found,
                [
                    cells.as_entire_binding(),
                    tiles_buffer.as_entire_binding(),
                    discs.as_entire_binding(),
                    view(&crowd),
                    work.as_entire_binding(),
                ],
            ),
            disc_bytes: discs.size(),
            painted: bind(
                device,
                &self.painted,
                [
                    tiles_buffer.as_entire_binding(),
                    discs.as_entire_binding(),
                    view(&crowd),
                    BindingResource::Sampler(&self.linearly),
                    view(&picture),
                    view(&depths),
                    work.as_entire_binding(),
                ],
            ),
            depths: bind(device, &self.depths, [view(&depths)]),
            cells,
            work,
            picture,
            all_depths: depths,
        }
    }

    /// Encodes all passes; `slots` points are drawn, which may be moving.
    pub fn encode(
        &self,
        encoder: &mut CommandEncoder,
        shared: &BindGroup,
        field: &Field,
        (slots, moves): (u32, bool),
    ) {
        let extent = Extent {
            canvas: field.size,
            margin: 0,
        };
        let groups = |grid: UVec2, size: u32| (grid.x * grid.y).div_ceil(size);
        let of_points = slots.div_ceil(POINTS_GROUP).clamp(1, MOST_GROUPS);
        let of_tiles = groups(extent.grid(TILE), 256);
        let of_cells = groups(extent.grid(CELL), 256);
        field.clear(encoder);
        let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor {
            label: Some("splat"),
            timestamp_writes: None,
        });
        pass.set_bind_group(0, shared, &[]);
        pass.set_bind_group(1, &field.found, &[]);
        let [count, sort] = self.over_points(moves, field.deep);
        let [tally, claim, allot, enlist, shade] = &self.over_tiles;
        for (step, groups) in [
            (count, of_points),
            (tally, of_tiles),
            (claim, of_tiles),
            (allot, 1),
            (enlist, of_tiles),
            (shade, of_cells),
            (sort, of_points),
        ] {
            pass.set_pipeline(step);
            pass.dispatch_workgroups(groups, 1, 1);
        }
        pass.set_pipeline(if field.deep { &self.paint_deep } else { &self.paint });
        pass.set_bind_group(2, &field.painted, &[]);
        pass.dispatch_workgroups_indirect(&field.work, 0);
    }

    /// Puts the depths of a deep field into the attachment of `pass`.
    pub fn settle(&self, pass: &mut RenderPass, field: &Field) {
        pass.set_pipeline(&self.settle);
        pass.set_bind_group(0, &field.depths, &[]);
        pass.draw(0..3, 0..1);
    }
}

impl Field {
    /// Empties what is only added to.
    fn clear(&self, encoder: &mut CommandEncoder) {
        encoder.clear_buffer(&self.cells, 0, None);
        let [r, g, b] = BACKGROUND.map(|value| f64::from(value) / 255.0);
        let clear = |view, color| {
            Some(RenderPassColorAttachment {
                view,
                depth_slice: None,
                resolve_target: None,
                ops: Operations {
                    load: LoadOp::Clear(color),
                    store: StoreOp::Store,
                },
            })
        };
        let picture = clear(&self.picture, Color { r, g, b, a: 1.0 });
        let depths = self.deep.then(|| clear(&self.all_depths, Color::TRANSPARENT));
        encoder.begin_render_pass(&RenderPassDescriptor {
            label: Some("nothing"),
            color_attachments: &[picture, depths.flatten()],
            ..RenderPassDescriptor::default()
        });
    }

    /// What of it grows with the points.
    pub fn disc_bytes(&self) -> u64 {
        self.disc_bytes
    }

    /// Whether it has room for exactly this.
    pub fn fits(&self, extent: Extent, points: u32, deep: bool) -> bool {
        (self.size, self.points, self.deep) == (extent.field(), points, deep)
    }
}

fn pipeline(
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

fn read() -> BindingType {
    buffer(true)
}

fn write() -> BindingType {
    buffer(false)
}

fn buffer(read_only: bool) -> BindingType {
    BindingType::Buffer {
        ty: BufferBindingType::Storage { read_only },
        has_dynamic_offset: false,
        min_binding_size: None,
    }
}

fn storage_texture(format: TextureFormat) -> BindingType {
    BindingType::StorageTexture {
        access: StorageTextureAccess::WriteOnly,
        format,
        view_dimension: TextureViewDimension::D2,
    }
}

fn layout(device: &Device, label: &str, types: &[BindingType]) -> BindGroupLayout {
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

fn bind<const N: usize>(
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

fn depths_layout(device: &Device) -> BindGroupLayout {
    device.create_bind_group_layout(&BindGroupLayoutDescriptor {
        label: Some("depths"),
        entries: &[BindGroupLayoutEntry {
            binding: 0,
            visibility: ShaderStages::FRAGMENT,
            ty: BindingType::Texture {
                sample_type: TextureSampleType::Float { filterable: false },
                view_dimension: TextureViewDimension::D2,
                multisampled: false,
            },
            count: None,
        }],
    })
}

fn settle_pipeline(device: &Device, depths: &BindGroupLayout) -> RenderPipeline {
    let shader = device.create_shader_module(ShaderModuleDescriptor {
        label: Some("depths"),
        source: ShaderSource::Wgsl(include_str!("../../shaders/depth.wgsl").into()),
    });
    device.create_render_pipeline(&RenderPipelineDescriptor {
        label: Some("depths"),
        layout: Some(&device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: Some("depths"),
            bind_group_layouts: &[Some(depths)],
            immediate_size: 0,
        })),
        vertex: VertexState {
            module: &shader,
            entry_point: Some("everywhere"),
            compilation_options: PipelineCompilationOptions::default(),
            buffers: &[],
        },
        primitive: PrimitiveState::default(),
        depth_stencil: Some(DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(true),
            depth_compare: Some(CompareFunction::Always),
            stencil: StencilState::default(),
            bias: DepthBiasState::default(),
        }),
        multisample: MultisampleState::default(),
        fragment: Some(FragmentState {
            module: &shader,
            entry_point: Some("depth"),
            compilation_options: PipelineCompilationOptions::default(),
            targets: &[Some(ColorTargetState {
                format: FORMAT,
                blend: None,
                write_mask: ColorWrites::empty(),
            })],
        }),
        multiview_mask: None,
        cache: None,
    })
}
