//! The program `ssvae`: the window, or one of the commands.

#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ssvae::cli::{self, Cli, Interrupted};
use ssvae::console;

fn main() -> ExitCode {
    let start = Instant::now();
    let cli = Cli::parse();
    if !cli.opens_window() {
        without_a_display();
    }
    let done = cli::run(cli, start);
    if let Some(reason) = console::failure() {
        console::warn(format_args!(
            "ssvae: the standard output is not complete ({reason})"
        ));
    }
    match done {
        Ok(()) if console::failure().is_some() => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Every error of the domain tells its own source already.
            console::warn(format_args!("ssvae: {error}"));
            let interrupted = error.downcast_ref::<Interrupted>();
            ExitCode::from(interrupted.map_or(2, |interrupted| interrupted.exit_code))
        }
    }
}

/// Mesa's Vulkan layer that sorts devices asks for a display, and complains where there is none.
fn without_a_display() {
    #[expect(unsafe_code, reason = "no other thread has been started yet")]
    // SAFETY: nothing else reads or writes the environment at this time.
    unsafe {
        std::env::set_var("NODEVICE_SELECT", "1");
    }
}
