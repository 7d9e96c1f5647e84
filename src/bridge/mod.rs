//! Ties the cloud and the panels to the domain: the worker, the labels, the samples, and the event log.
//!
//! Types, messages and system sets lie in files that import no systems; systems import these and not each other.

pub mod labels;
pub mod learning;
pub mod log;
pub mod model;
pub mod panels;
pub mod queue;
pub mod samples;
pub mod worker;

pub mod alarm;
pub mod exit_tasks;
pub mod options;
pub mod sets;
pub mod start;
pub mod stopping;
#[cfg(test)]
mod tests;
