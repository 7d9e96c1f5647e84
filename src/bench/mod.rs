//! What the cloud costs, measured by the command line: `ssvae bench cloud`.

pub mod cloud;
pub mod clusters;
pub mod hand;
pub mod limit;
pub mod report;
