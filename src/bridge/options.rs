//! The options of the window, as plain values.

use std::ffi::{OsStr, OsString};
use std::path::{Component, PathBuf, absolute};

use crate::ui::TITLE;
use ssvae_core::choice::Choice;
use ssvae_core::dataset::OpenOptions;
use ssvae_core::training::backend::BackendChoice;
use ssvae_core::training::fault_injection::Fault;

/// Options of the window.
#[derive(Clone, Debug)]
pub struct WindowOptions {
    /// Folder with the IDX files.
    pub data_dir: PathBuf,
    /// How the data set is opened.
    pub open: OpenOptions,
    /// The user's labels; `labels.csv` in the data folder where there is none.
    pub labels: Option<PathBuf>,
    /// The checkpoint.
    pub weights: PathBuf,
    /// Folder for the records of runs.
    pub runs: PathBuf,
    /// Seed of fresh weights, split, shuffling and noise.
    pub seed: u64,
    /// Where the model runs, as asked for.
    pub backend: BackendChoice,
    /// Where events are appended, one JSON object each.
    pub events: Option<PathBuf>,
    /// Folder for views and chosen samples that are saved.
    pub exports: PathBuf,
    /// Where layout, colours, filter and view are kept; in the user's folder for settings where there is none.
    pub session: Option<PathBuf>,
    /// Render off-screen, write this PNG and exit.
    pub screenshot: Option<PathBuf>,
    /// For tests: fail once, in one training step.
    pub inject_fault: Option<Fault>,
    /// When to take the screenshot.
    pub after: Option<After>,
    /// Size of the window or screenshot in pixels.
    pub size: [u32; 2],
}

impl WindowOptions {
    /// The labels file, given or not.
    pub fn labels_path(&self) -> PathBuf {
        self.labels
            .clone()
            .unwrap_or_else(|| self.data_dir.join("labels.csv"))
    }

    /// The window's title: the data set's name in front of the program's.
    pub fn title(&self) -> String {
        let folder = absolute(&self.data_dir).unwrap_or_default();
        match folder.components().next_back() {
            Some(Component::Normal(name)) => format!("{} – {TITLE}", name.display()),
            _ => TITLE.into(),
        }
    }

    /// The command-line arguments that open a window with these options.
    pub fn to_arguments(&self) -> Vec<OsString> {
        let [width, height] = self.size;
        let mut arguments: Vec<OsString> = Vec::new();
        let mut add = |name: &str, value: &OsStr| {
            arguments.extend([name.into(), value.to_owned()]);
        };
        add("--data-dir", self.data_dir.as_os_str());
        add("--transpose", OsStr::new(self.open.transpose.name()));
        add("--weights", self.weights.as_os_str());
        add("--runs", self.runs.as_os_str());
        add("--exports", self.exports.as_os_str());
        add("--seed", OsStr::new(&self.seed.to_string()));
        add("--backend", OsStr::new(self.backend.name()));
        add("--size", OsStr::new(&format!("{width}x{height}")));
        for (name, path) in [
            ("--labels", &self.labels),
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
    /// The cloud is on the screen.
    Ready,
    /// Latents have arrived and the points have stopped moving.
    Latent,
    Seconds(f64),
}
