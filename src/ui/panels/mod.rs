//! The panels at both sides of the cloud.

pub mod accuracy;
pub mod advice;
pub mod audit;
pub mod changes;
pub mod chosen;
pub mod color;
pub mod curves;
pub mod dimensions;
pub mod doubts;
pub mod filter;
pub mod finder;
pub mod labelling;
pub mod left_column;
pub mod log;
pub mod model;
pub mod neighbours;
pub mod recent;
pub mod results;
pub mod right_column;
pub mod runs;
pub mod sample;
pub mod set_aside;
pub mod settings;
pub mod share;
pub mod statistics;
pub mod training;
