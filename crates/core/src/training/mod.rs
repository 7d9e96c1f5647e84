//! Training a model on the samples of one data set.

pub mod backend;
pub mod cpu;
pub(crate) mod dropout;
pub mod engine;
pub mod epoch;
pub mod fault_injection;
pub mod heartbeat;
pub mod hidden;
pub mod history;
pub mod lineage;
pub mod message;
pub mod optimizer;
pub mod record;
pub mod run;
pub mod shift;
pub mod snapshot;
pub mod split;
pub mod targets;
pub mod tested;
pub mod threads;
