//! `ssvae doubts`: which labels are likely to be wrong.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::dataset::{Dataset, Split};
use crate::effort::Effort;
use crate::outputs::doubts::write_doubts;
use crate::propagation::{Doubt, Propagation, doubts};

use super::propagate::similarity;
use super::train::labels_of;

#[derive(Args, Clone, Debug)]
pub struct DoubtsArgs {
    /// Folder with the images
    #[arg(long, default_value = "data/mnist")]
    data_dir: PathBuf,
    /// The user's labels [default: labels.csv in the data folder]
    #[arg(long)]
    labels: Option<PathBuf>,
    /// The file to write: Serial,label,probability,suggestion,suggested, the most doubtful label first
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &DoubtsArgs) -> anyhow::Result<()> {
    let dataset = Arc::new(Dataset::open(&args.data_dir, Split::Train)?);
    let path = args
        .labels
        .clone()
        .unwrap_or_else(|| args.data_dir.join("labels.csv"));
    let labels = labels_of(&path, &dataset)?;
    let mut propagation = Propagation::new(similarity(&dataset, None)?.graph);
    let left_out = propagation.leave_one_out(labels.as_slice(), &Effort::new(|| {}))?;
    let doubts = doubts(&left_out);
    write_doubts(&args.output, &doubts)?;
    println!(
        "the others speak against {} of {} labels; wrote {}",
        doubts.iter().filter(|doubt: &&Doubt| doubt.is_serious()).count(),
        labels.labelled(),
        args.output.display()
    );
    Ok(())
}
