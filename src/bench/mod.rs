//! What the cloud and active learning cost, measured by the command line: `ssvae bench`.

#[cfg(feature = "window")]
pub mod cloud;
pub mod learning;
mod spread;
mod testing;
