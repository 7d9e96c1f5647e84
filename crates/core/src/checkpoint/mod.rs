//! Flax checkpoints: `flax.serialization.to_bytes` of `{params, opt_state, step}`, read and written.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

#[cfg(test)]
mod arbitrary;
mod array;
mod configuration;
mod error;
mod file;
mod infer;
mod map;
mod number;
mod optimizer_state;
mod save;
mod scan;
mod shapes;
mod state;
mod tree;
mod weights_file;

pub(crate) use configuration::shown_last;
pub use configuration::{EndState, configuration_path, last_path, load_configuration, save_configuration};
pub use error::CheckpointError;
pub use file::{decode, encode, load};
pub use infer::architecture;
pub use save::save;
pub use shapes::check;
pub use state::{Checkpoint, OptimizerLayout};
pub use weights_file::{Saved, WeightsFile};
