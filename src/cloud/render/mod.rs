//! How the points are drawn.

pub mod buffers;
pub mod draw;
pub mod growable_buffer;
pub mod level_of_detail;
pub mod pipeline;
pub mod plain;
pub mod point_layer_cache;
pub mod positions;
pub mod splat;
pub mod transition;
pub mod uniforms;
