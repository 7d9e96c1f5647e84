//! Training: commands in, events out.

pub mod backend;
pub mod cpu;
pub mod dropout;
pub mod engine;
pub mod epoch;
pub mod fault_injection;
pub mod heartbeat;
pub mod hidden;
pub mod lineage;
pub mod message;
pub mod optimizer;
pub mod record;
pub mod run;
pub mod shift;
pub mod split;
pub mod targets;
pub mod tested;
pub mod threads;
pub mod worker;
