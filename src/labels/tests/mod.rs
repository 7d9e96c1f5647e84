//! Real files in temporary folders.

mod document;
mod store;
