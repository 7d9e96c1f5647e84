//! How good predictions are where the truth is known, and how sure to be of that where it is known of a few.

mod audit;
mod change;
mod confusion;
mod interval;
mod stability;

pub use audit::{DRAWN, audit, draw};
pub use change::{Change, farthest_moves};
pub use confusion::{BINS, Bin, Evaluation};
pub use stability::{Advice, Stability};
