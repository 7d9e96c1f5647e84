//! Training: commands in, events out.

pub mod backend;
pub mod device_adam;
pub mod device_backlog;
pub mod device_engine;
pub mod device_images;
pub mod dropout;
pub mod engine;
pub mod epoch;
pub mod fault;
pub mod forward;
pub mod hidden;
pub mod host;
pub mod lineage;
pub mod message;
pub mod optimizer;
pub mod pulse;
pub mod record;
pub mod run;
pub mod shift;
pub mod split;
pub mod targets;
pub mod tested;
pub mod threads;
pub mod worker;
