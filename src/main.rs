use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ssvae::cli::{self, Cli};
use ssvae::printable;

fn main() -> ExitCode {
    let start = Instant::now();
    let cli = Cli::parse();
    if cli.command.is_some() {
        without_a_display();
    }
    match cli::run(cli, start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Every error of the domain tells its own source already.
            eprintln!("ssvae: {}", printable::line(&error.to_string()));
            ExitCode::from(2)
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
