//! The sizes that the passes of `splat.wgsl` work with.

use bevy::math::UVec2;
use wgpu::{Limits, TextureFormat};

/// The buffers that `cloud.wgsl` names, in its order.
pub const SHARED_BUFFERS: usize = 10;

/// Points that one workgroup takes at a time, and the most workgroups.
pub const POINTS_GROUP: u32 = 256;
pub const MOST_GROUPS: u32 = 2048;
/// Tiles that one workgroup takes in the passes over all tiles.
pub const ALL_TILES_GROUP: u32 = 256;
/// Points that are left out or drawn together.
pub const RUN: u32 = 16;
/// Pixels in a row of a cell and of a tile.
pub const CELL_PIXELS: u32 = 2;
pub const TILE_PIXELS: u32 = 4;
/// Discs that are drawn of a tile at most.
pub const TILE_DISCS: u32 = 80;
/// Numbers of a cell.
pub const CELL_NUMBERS: u32 = 5;
/// Size of a cell, a tile and a disc, in bytes.
pub const CELL_BYTES: u64 = CELL_NUMBERS as u64 * 4;
pub const TILE_BYTES: u64 = 16;
pub const DISC_BYTES: u64 = 16;
/// Numbers of `work` before its two lists of tiles.
pub const WORK_HEADER: u64 = 2;
/// Numbers of `dispatches`, and where those of the two dispatches begin.
pub const DISPATCH_NUMBERS: u64 = 8;
pub const RESOLVE_DISPATCH: u64 = 0;
pub const SHADE_DISPATCH: u64 = 4;
/// Of the picture, whose pixels are sRGB.
pub const FORMAT: TextureFormat = TextureFormat::Rgba8Unorm;

/// What there is to draw.
#[derive(Clone, Copy, Debug)]
pub struct Drawn {
    /// Number of plain points, or a few more.
    pub points: u32,
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
    /// Size of the canvas with the margin on all sides.
    pub fn padded(self) -> UVec2 {
        self.canvas + 2 * self.margin
    }

    /// Number of squares of `side` pixels that cover the canvas and its margin.
    pub fn grid(self, side: u32) -> UVec2 {
        (self.padded() + side - 1) / side
    }

    /// The margin for discs that reach so far, in pixels.
    pub fn margin(reach: f32) -> u32 {
        (reach.max(0.0) as u32 + 1).next_multiple_of(TILE_PIXELS)
    }
}

/// Whether a device can draw on a canvas of this size: cells are its largest buffer.
pub fn canvas_fits(size: UVec2, limits: &Limits) -> bool {
    let cells = size / CELL_PIXELS + 2;
    let bytes = u64::from(cells.x) * u64::from(cells.y) * CELL_BYTES;
    size.max_element() <= limits.max_texture_dimension_2d
        && bytes <= limits.max_storage_buffer_binding_size.min(limits.max_buffer_size)
}
