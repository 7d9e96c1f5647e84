//! What the tests of several packages have in common: where the data lie, files in the formats that are read, waiting for
//! other threads and processes, and (feature `window`) the real window under Xvfb. It knows no other package of the
//! workspace, so that each of them can use it in its unit tests.

mod clock;
mod compare;
#[cfg(feature = "window")]
pub mod desktop;
#[cfg(feature = "window")]
pub mod drag;
mod files;
mod outcome;
mod paths;
mod picture;
mod wait;

pub use clock::ManualClock;
pub use compare::largest_difference;
pub use files::{gz, idx, npz, read_npz};
pub use outcome::Outcome;
pub use paths::{checkout, copy_of_the_data, fixture, label_rows};
pub use picture::Picture;
pub use wait::{PATIENCE, pause, until, wait_for};
