//! Everything that can be done without the mouse: one table for the keys, the list of keys and the command palette.

mod command;
mod press;
mod table;
#[cfg(test)]
mod tests;

pub use command::{Command, CommandState};
pub use press::{Focus, press};
pub use table::{COMMANDS, named, probe};
