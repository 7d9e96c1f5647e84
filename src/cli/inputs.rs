//! The images and labels that several commands read, and their progress bar.

use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::console;
use ssvae_core::dataset::{Dataset, OpenOptions, Split};
use ssvae_core::labels::{Labels, read_labels};

/// Opens a split; warns of what was done to its values, and of true labels that cannot be used.
pub fn images_of(dir: &Path, split: Split, options: OpenOptions) -> anyhow::Result<Dataset> {
    let dataset = Dataset::open_with(dir, split, options)?;
    for note in dataset.notes() {
        console::warn(format_args!("warning: {note}"));
    }
    Ok(dataset)
}

/// The user's labels; warns of rows that cannot be used.
pub fn labels_of(path: &Path, dataset: &Dataset) -> anyhow::Result<Labels> {
    let (labels, problems) = read_labels(path, dataset.len(), dataset.classes())?;
    for problem in problems.iter().take(WARNINGS) {
        console::warn(format_args!("warning: {}", problem.message));
    }
    if let more @ 1.. = problems.len().saturating_sub(WARNINGS) {
        console::warn(format_args!("warning: and {more} more rows that cannot be used"));
    }
    Ok(labels)
}

/// Unusable rows that are named in warnings, at most.
const WARNINGS: usize = 3;

/// A bar on a terminal, nothing elsewhere.
pub fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
