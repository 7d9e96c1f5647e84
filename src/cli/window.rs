//! The options of the window.

use std::path::PathBuf;

use clap::Args;
use ssvae_core::training::fault_injection::Fault;

use super::args::CommonArgs;
use crate::bridge::{After, WindowOptions};

/// Options of the window.
#[derive(Args, Clone, Debug)]
pub struct WindowArgs {
    #[command(flatten)]
    pub common: CommonArgs,
    /// Append one JSON object per event to this file
    #[arg(long, value_name = "FILE")]
    pub events: Option<PathBuf>,
    /// Folder for views and chosen samples that are saved
    #[arg(long, default_value = "artifacts/exports")]
    pub exports: PathBuf,
    /// Where layout, colours, filter and view are remembered [default: in the user's folder for settings]
    #[arg(long, value_name = "FILE")]
    pub session: Option<PathBuf>,
    /// Render off-screen, write a PNG and exit
    #[arg(long, value_name = "FILE", requires = "after")]
    pub screenshot: Option<PathBuf>,
    /// For tests: fail once, in this training step (`panic@STEP` or `hang@STEP`)
    #[arg(long, value_name = "FAULT", hide = true)]
    pub inject_fault: Option<Fault>,
    /// When to take the screenshot: `ready`, `latent`, or seconds since start
    #[arg(long, value_name = "WHEN", requires = "screenshot", value_parser = parse_after)]
    pub after: Option<After>,
    /// Size of the window or screenshot in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = parse_size)]
    pub size: [u32; 2],
}

impl From<WindowArgs> for WindowOptions {
    fn from(args: WindowArgs) -> Self {
        let common = args.common;
        Self {
            data_dir: common.data_dir,
            open: common.images.options(),
            labels: common.labels,
            weights: common.weights,
            runs: common.runs,
            seed: common.seed,
            backend: common.backend,
            events: args.events,
            exports: args.exports,
            session: args.session,
            screenshot: args.screenshot,
            inject_fault: args.inject_fault,
            after: args.after,
            size: args.size,
        }
    }
}

fn parse_after(text: &str) -> Result<After, String> {
    match text {
        "ready" => Ok(After::Ready),
        "latent" => Ok(After::Latent),
        _ => match text.parse::<f64>() {
            Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok(After::Seconds(seconds)),
            _ => Err("expected `ready`, `latent` or a number of seconds".into()),
        },
    }
}

pub fn parse_size(text: &str) -> Result<[u32; 2], String> {
    let sizes: Option<Vec<u32>> = text.split('x').map(|part| part.parse().ok()).collect();
    match sizes.as_deref() {
        Some(&[width, height]) if (320..=16_384).contains(&width) && (240..=16_384).contains(&height) => {
            Ok([width, height])
        }
        _ => Err("expected WIDTHxHEIGHT, at least 320x240, such as 1280x800".into()),
    }
}
