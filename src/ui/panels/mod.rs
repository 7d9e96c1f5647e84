//! The panels at both sides of the cloud.

pub mod accuracy;
pub mod advice;
pub mod audit;
pub mod changes;
pub mod chosen;
pub mod color;
pub mod curves;
pub mod doubts;
pub mod export;
pub mod filter;
pub mod labelling;
pub mod log;
pub mod model;
pub mod neighbours;
pub mod probe;
pub mod results;
pub mod runs;
pub mod sample;
pub mod settings;
pub mod share;
pub mod statistics;
pub mod training;
