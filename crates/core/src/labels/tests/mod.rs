//! Real files in temporary folders.

mod document;
mod merge;
mod store;
