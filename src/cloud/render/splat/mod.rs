//! Plain points as a picture: the compute passes of `splat.wgsl`.

mod bindings;
mod depth_writer;
pub mod geometry;
mod layouts;
pub mod pass_buffers;
pub mod renderer;
pub mod source;
