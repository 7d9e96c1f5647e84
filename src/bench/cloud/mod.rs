//! `ssvae bench cloud`.

mod baseline;
pub mod clusters;
pub mod measure;
pub mod mouse;
mod report;
