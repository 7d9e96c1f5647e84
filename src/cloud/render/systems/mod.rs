//! The systems that draw.

pub mod draw;
pub mod level_of_detail;
pub mod prepare;
pub mod upload;
