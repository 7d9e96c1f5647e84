use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use ssvae::cli::{self, Cli};

fn main() -> ExitCode {
    let start = Instant::now();
    match cli::run(Cli::parse(), start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Every error of the domain tells its own source already.
            eprintln!("ssvae: {error}");
            ExitCode::from(2)
        }
    }
}
