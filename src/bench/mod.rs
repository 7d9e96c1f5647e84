//! What the cloud and active learning cost, measured by the command line: `ssvae bench`.

pub mod baseline;
pub mod cloud;
pub mod clusters;
pub mod hand;
pub mod learning;
pub mod report;
pub mod testing;
