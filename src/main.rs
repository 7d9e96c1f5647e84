use std::process::ExitCode;

use clap::Parser;
use ssvae::cli::{self, Cli};

fn main() -> ExitCode {
    match cli::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ssvae: {error:#}");
            ExitCode::from(2)
        }
    }
}
