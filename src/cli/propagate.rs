//! `ssvae propagate`: what the labels say of every image.

use std::path::PathBuf;

use clap::Args;

use crate::dataset::{Dataset, Split};
use crate::effort::Effort;
use crate::outputs::propagated::write_propagated;
use crate::propagation::{Propagated, Propagation};
use crate::similarity::{MOST, Similarity};

use super::train::{labels_of, progress_bar};

#[derive(Args, Clone, Debug)]
pub struct PropagateArgs {
    /// Folder with the IDX files
    #[arg(long, default_value = "data/mnist")]
    data_dir: PathBuf,
    /// The user's labels [default: labels.csv in the data folder]
    #[arg(long)]
    labels: Option<PathBuf>,
    /// The file to write: Serial,label,certainty
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &PropagateArgs) -> anyhow::Result<()> {
    let dataset = Dataset::open(&args.data_dir, Split::Train)?;
    let path = args
        .labels
        .clone()
        .unwrap_or_else(|| args.data_dir.join("labels.csv"));
    let labels = labels_of(&path, &dataset)?;
    let propagated = propagate(&dataset, labels.as_slice())?;
    write_propagated(&args.output, labels.as_slice(), &propagated)?;
    let reached = propagated
        .classes()
        .iter()
        .filter(|&&class| class != u8::MAX)
        .count();
    println!(
        "{} labels, propagated to {reached} of {} images; wrote {}",
        labels.labelled(),
        dataset.len(),
        args.output.display()
    );
    Ok(())
}

/// Which images are like which, with a bar.
pub fn similarity(dataset: &Dataset) -> anyhow::Result<Similarity> {
    anyhow::ensure!(
        dataset.len() <= MOST,
        "{} images are more than the {MOST} that a similarity graph is offered for; train with --targets labels",
        dataset.len()
    );
    let bar = progress_bar();
    bar.set_prefix("Similar images");
    bar.set_length(100);
    let shown = bar.clone();
    let effort = Effort::telling(move |share| shown.set_position((100.0 * share) as u64));
    let found = Similarity::of_images(dataset, &effort);
    bar.finish_and_clear();
    Ok(found?)
}

/// What these labels say of every image.
pub fn propagate(dataset: &Dataset, labels: &[Option<u8>]) -> anyhow::Result<Propagated> {
    let similarity = similarity(dataset)?;
    let mut propagation = Propagation::new(similarity.graph);
    Ok(propagation.propagate(labels, &Effort::new(|| {}))?)
}
