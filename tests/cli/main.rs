//! The commands as a user runs them.

mod files;
mod labels;
mod models;
mod program;
mod refusals;
mod vectors;
