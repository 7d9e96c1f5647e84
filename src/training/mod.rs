//! Training: commands in, events out.

pub mod backend;
pub mod engine;
pub mod epoch;
pub mod message;
pub mod optimizer;
pub mod run;
pub mod split;
pub mod worker;
