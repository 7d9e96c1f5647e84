//! The options of the window.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;
use ssvae_core::choice::Choice;
use ssvae_core::training::fault_injection::Fault;

use super::CommonArgs;

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
    #[arg(long, value_name = "WHEN", requires = "screenshot")]
    pub after: Option<After>,
    /// Size of the window or screenshot in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = parse_size)]
    pub size: [u32; 2],
}

impl WindowArgs {
    /// The arguments that say the same, for a window.
    pub fn to_arguments(&self) -> Vec<OsString> {
        let common = &self.common;
        let [width, height] = self.size;
        let mut arguments: Vec<OsString> = Vec::new();
        let mut add = |name: &str, value: &OsStr| {
            arguments.extend([name.into(), value.to_owned()]);
        };
        add("--data-dir", common.data_dir.as_os_str());
        add("--weights", common.weights.as_os_str());
        add("--runs", common.runs.as_os_str());
        add("--exports", self.exports.as_os_str());
        add("--seed", OsStr::new(&common.seed.to_string()));
        add("--backend", OsStr::new(common.backend.name()));
        add("--size", OsStr::new(&format!("{width}x{height}")));
        for (name, path) in [
            ("--labels", &common.labels),
            ("--events", &self.events),
            ("--session", &self.session),
        ] {
            if let Some(path) = path {
                add(name, path.as_os_str());
            }
        }
        arguments
    }
}

/// Moment of a screenshot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum After {
    /// The cloud stands on the screen.
    Ready,
    /// Latents have arrived and the points stand still.
    Latent,
    Seconds(f64),
}

impl std::str::FromStr for After {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "ready" => Ok(Self::Ready),
            "latent" => Ok(Self::Latent),
            _ => match text.parse::<f64>() {
                Ok(seconds) if seconds.is_finite() && seconds >= 0.0 => Ok(Self::Seconds(seconds)),
                _ => Err("expected `ready`, `latent` or a number of seconds".into()),
            },
        }
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
