//! The command line: `ssvae` opens the window, its commands work without one.

mod args;
mod bench;
mod doubts;
mod infer;
mod inputs;
mod interrupt;
mod propagate;
mod simulate;
mod train;
#[cfg(feature = "window")]
mod window;

use std::time::Instant;

use clap::{Parser, Subcommand};

pub use interrupt::Interrupted;
#[cfg(feature = "window")]
use window::WindowArgs;

/// See the latent space of a semi-supervised VAE, label, train, repeat.
#[derive(Parser, Debug)]
#[command(name = "ssvae", version, allow_negative_numbers = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[cfg(feature = "window")]
    #[command(flatten)]
    pub(crate) window: WindowArgs,
}

impl Cli {
    /// Whether the window is asked for and not a command.
    pub fn opens_window(&self) -> bool {
        self.command.is_none()
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Train from fresh weights and write checkpoint, history and loss plot
    Train(train::TrainArgs),
    /// Write latents, reconstructions and predictions to a .npz file
    Infer(infer::InferArgs),
    /// Write the class of every image as the labels say it, without a network
    Propagate(propagate::PropagateArgs),
    /// Rank the labels by how likely they are to be wrong
    Doubts(doubts::DoubtsArgs),
    /// Measure how many labels an acquisition function needs, with the true labels as the user's answers
    Simulate(simulate::SimulateArgs),
    /// Measure what drawing costs
    Bench(bench::BenchArgs),
}

/// Runs the command, or the window without one; `start` is the process's start.
///
/// # Errors
/// If the command fails, as one line for the user. [`Interrupted`] if a signal has ended it.
#[cfg_attr(
    not(feature = "window"),
    expect(unused_variables, reason = "only the window asks for the start")
)]
pub fn run(cli: Cli, start: Instant) -> anyhow::Result<()> {
    if matches!(
        cli.command,
        Some(
            Command::Train(_)
                | Command::Infer(_)
                | Command::Propagate(_)
                | Command::Doubts(_)
                | Command::Simulate(_)
        )
    ) {
        interrupt::watch()?;
    }
    let done = match cli.command {
        Some(Command::Train(args)) => train::run(&args),
        Some(Command::Infer(args)) => infer::run(&args),
        Some(Command::Propagate(args)) => propagate::run(&args),
        Some(Command::Doubts(args)) => doubts::run(&args),
        Some(Command::Simulate(args)) => simulate::run(&args),
        Some(Command::Bench(args)) => bench::run(args),
        #[cfg(feature = "window")]
        None => open_window(cli.window, start),
        #[cfg(not(feature = "window"))]
        None => Err(anyhow::anyhow!(
            "this program was built without its window; `ssvae --help` lists the commands"
        )),
    };
    interrupt::outcome(done)
}

/// Opens the window and returns when it is closed.
#[cfg(feature = "window")]
fn open_window(args: WindowArgs, start: Instant) -> anyhow::Result<()> {
    let backend = args.common.backend()?;
    crate::app::run(args.into(), backend, start)
}
