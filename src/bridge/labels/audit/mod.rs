//! The audit: samples that are drawn at random and labelled blind, into a file of their own.

mod file;
pub mod plugin;
pub mod state;
