//! The active-learning loop of a semi-supervised variational autoencoder (SSVAE), in one window.
//!
//! The domain is [`ssvae_core`]. Here are the commands ([`cli`]) and the window: the point cloud ([`cloud`]), the panels
//! around it ([`ui`]), what ties both to the domain ([`bridge`]), and what the operating system asks for ([`platform`]).

// Tests say what they leave out.
#![cfg_attr(not(test), deny(clippy::print_stdout, clippy::print_stderr))]

#[cfg(feature = "window")]
pub mod app;
pub mod bench;
#[cfg(feature = "window")]
pub mod bridge;
pub mod cli;
#[cfg(feature = "window")]
pub mod cloud;
pub mod console;
#[cfg(feature = "window")]
pub mod offscreen;
#[cfg(feature = "window")]
pub mod platform;
pub mod signals;
#[cfg(feature = "window")]
pub mod ui;
