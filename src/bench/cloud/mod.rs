//! `ssvae bench cloud`.

pub mod baseline;
pub mod clusters;
pub mod measure;
pub mod mouse;
pub mod report;
