//! What to label next: acquisition functions score the samples, and a queue goes through them under a filter.

mod queue;
mod scores;
mod strategy;
mod typical;

pub use queue::{Order, Queue, around};
pub(crate) use scores::entropy;
pub use scores::{Known, Network, Scorer, scattered};
pub use strategy::Strategy;

#[cfg(test)]
mod tests;
