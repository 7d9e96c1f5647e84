//! The mouse on the canvas, and the points below it.

pub mod bvh;
pub mod index;
pub mod picking;
pub mod pointer;
pub mod region;
