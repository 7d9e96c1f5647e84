//! The buffers and textures between the passes.

use bevy::math::UVec2;
use wgpu::*;

use super::bindings::bind;
use super::geometry::{
    CELL_BYTES, CELL_PIXELS, DISC_BYTES, DISPATCH_NUMBERS, Extent, FORMAT, TILE_BYTES, TILE_DISCS,
    TILE_PIXELS, WORK_HEADER,
};
use super::layouts::Layouts;

/// What the passes leave between each other, for a canvas of one size and a number of points.
pub struct PassBuffers {
    pub(super) size: UVec2,
    points: u32,
    pub(super) deep: bool,
    cells: Buffer,
    pub(super) dispatches: Buffer,
    pub(super) listing: BindGroup,
    density: TextureView,
    picture: TextureView,
    all_depths: TextureView,
    disc_bytes: u64,
    canvas_bytes: u64,
    pub(super) written: BindGroup,
    pub(super) resolved: BindGroup,
    pub(super) depths: BindGroup,
}

impl PassBuffers {
    /// Room for a picture, which must have [`FORMAT`] and be a storage binding. With `deep`, for its depths too.
    pub fn new(layouts: &Layouts, extent: Extent, points: u32, picture: &Texture, deep: bool) -> Self {
        let device = &layouts.device;
        let area = |grid: UVec2| u64::from(grid.x) * u64::from(grid.y);
        let tiles = area(extent.grid(TILE_PIXELS));
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
        let cells = buffer("cells", area(extent.grid(CELL_PIXELS)) * CELL_BYTES);
        let tiles_buffer = buffer("tiles", (tiles + 1) * TILE_BYTES);
        let discs = buffer(
            "discs",
            u64::from(points.max(1)).min(tiles * u64::from(TILE_DISCS)) * DISC_BYTES,
        );
        let work = buffer("work", (WORK_HEADER + 2 * tiles) * 4);
        let dispatches = buffer("dispatches", DISPATCH_NUMBERS * 4);
        let density = texture("density", extent.grid(CELL_PIXELS), FORMAT);
        let whole = if deep {
            UVec2::new(picture.width(), picture.height())
        } else {
            UVec2::ONE
        };
        let depths = texture("depths", whole, TextureFormat::R32Float);
        let picture = picture.create_view(&TextureViewDescriptor::default());
        let view = BindingResource::TextureView;
        Self {
            size: extent.padded(),
            points,
            deep,
            written: bind(
                device,
                &layouts.written,
                [
                    cells.as_entire_binding(),
                    tiles_buffer.as_entire_binding(),
                    discs.as_entire_binding(),
                    view(&density),
                    work.as_entire_binding(),
                ],
            ),
            disc_bytes: discs.size(),
            canvas_bytes: cells.size()
                + tiles_buffer.size()
                + work.size()
                + area(extent.grid(CELL_PIXELS)) * 4,
            resolved: bind(
                device,
                &layouts.resolved,
                [
                    tiles_buffer.as_entire_binding(),
                    discs.as_entire_binding(),
                    view(&density),
                    BindingResource::Sampler(&layouts.linear),
                    view(&picture),
                    view(&depths),
                    work.as_entire_binding(),
                ],
            ),
            depths: bind(device, &layouts.depths, [view(&depths)]),
            listing: bind(device, &layouts.dispatches, [dispatches.as_entire_binding()]),
            cells,
            dispatches,
            density,
            picture,
            all_depths: depths,
        }
    }

    /// Empties what is only added to.
    pub(super) fn clear(&self, encoder: &mut CommandEncoder, background: [f32; 3]) {
        encoder.clear_buffer(&self.cells, 0, None);
        let [r, g, b] = background.map(f64::from);
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
        encoder.begin_render_pass(&RenderPassDescriptor {
            label: Some("density"),
            color_attachments: &[clear(&self.density, Color { r, g, b, a: 0.0 })],
            ..RenderPassDescriptor::default()
        });
        let picture = clear(&self.picture, Color { r, g, b, a: 1.0 });
        let depths = self.deep.then(|| clear(&self.all_depths, Color::TRANSPARENT));
        encoder.begin_render_pass(&RenderPassDescriptor {
            label: Some("picture and depths"),
            color_attachments: &[picture, depths.flatten()],
            ..RenderPassDescriptor::default()
        });
    }

    /// Bytes that grow with the points.
    pub fn disc_bytes(&self) -> u64 {
        self.disc_bytes
    }

    /// Bytes that grow with the canvas alone.
    pub fn canvas_bytes(&self) -> u64 {
        self.canvas_bytes
    }

    /// Whether it has room for exactly this.
    pub fn fits(&self, extent: Extent, points: u32, deep: bool) -> bool {
        (self.size, self.points, self.deep) == (extent.padded(), points, deep)
    }
}
