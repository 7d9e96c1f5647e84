//! Files shared with the Python system, against real Flax, Optax, JAX, numpy and pandas.

mod checkpoints;
mod evaluation;
mod files;
mod odd;
mod optimizers;
mod propagation;
mod python;
