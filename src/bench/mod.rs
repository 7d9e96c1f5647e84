//! What the cloud and active learning cost, measured by the command line: `ssvae bench`.

#[cfg(feature = "window")]
pub mod baseline;
#[cfg(feature = "window")]
pub mod cloud;
#[cfg(feature = "window")]
pub mod clusters;
#[cfg(feature = "window")]
pub mod hand;
pub mod learning;
pub mod report;
pub mod testing;
