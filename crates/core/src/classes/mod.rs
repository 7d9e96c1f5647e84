//! The classes that samples may be of: how many there are, their names and their colours.

mod count;
mod file;

pub use count::{ClassCount, OutOfRange};
pub use file::{ClassStyle, ClassStyles, ClassesError, read_classes};
