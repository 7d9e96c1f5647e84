//! Rust and the shaders agree.
