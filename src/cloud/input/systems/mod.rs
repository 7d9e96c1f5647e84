//! The systems of the input.

pub mod index;
pub mod pointer;
