//! The active-learning loop of a semi-supervised variational autoencoder (SSVAE), in one window.
//!
//! The domain is [`ssvae_core`]. Here are the commands ([`cli`]) and the window: the point cloud ([`cloud`]), the panels
//! around it (`ui`), what ties both to the domain (`bridge`), and what the operating system asks for (`platform`).
//!
//! This library serves the program `ssvae` and its tests. What is public is what these use.

// Tests say what they leave out.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

#[cfg(feature = "window")]
mod app;
mod bench;
#[cfg(feature = "window")]
mod bridge;
pub mod cli;
#[cfg(feature = "window")]
pub mod cloud;
pub mod console;
#[cfg(feature = "window")]
mod offscreen;
#[cfg(feature = "window")]
mod platform;
mod signals;
#[cfg(feature = "window")]
mod ui;

#[cfg(feature = "window")]
pub use bench::cloud::{clusters, mouse};
#[cfg(feature = "window")]
pub use offscreen::OffscreenCloud;
#[cfg(feature = "window")]
pub use platform::session_file::read as read_session;
