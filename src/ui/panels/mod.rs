//! The panels at both sides of the cloud.

mod accuracy;
mod advice;
pub mod audit;
pub mod changes;
pub mod chosen;
pub mod color;
mod curves;
pub mod dimensions;
pub mod doubts;
pub mod filter;
pub mod finder;
pub mod labelling;
pub mod left_column;
mod log;
pub mod model;
pub mod neighbours;
mod recent;
pub mod results;
pub mod right_column;
pub mod runs;
pub mod sample;
pub mod set_aside;
mod settings;
mod share;
pub mod statistics;
pub mod training;
