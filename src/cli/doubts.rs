//! `ssvae doubts`: which labels are likely to be wrong.

use std::path::PathBuf;

use clap::Args;

use crate::console;
use ssvae_core::job::Job;
use ssvae_core::outputs::doubts::DOUBTS;
use ssvae_core::outputs::doubts::write_doubts;
use ssvae_core::propagation::{Doubt, Propagation, doubts};

use super::args::NeighbourArgs;
use super::propagate::{ComparedBy, LabelledArgs, similarity};

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct DoubtsArgs {
    #[command(flatten)]
    labelled: LabelledArgs,
    #[command(flatten)]
    compared: NeighbourArgs,
    /// The file to write: Serial,label,probability,suggestion,suggested, the most doubtful label first
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &DoubtsArgs) -> anyhow::Result<()> {
    let (dataset, labels) = args.labelled.open_for(&args.output, &DOUBTS)?;
    let NeighbourArgs { neighbours, weights } = &args.compared;
    let by = ComparedBy::new(neighbours, weights, (&args.labelled.data_dir, &dataset))?;
    let mut propagation = Propagation::new(similarity(&dataset, by)?.graph, dataset.classes());
    let left_out = propagation.leave_one_out(labels.as_slice(), &Job::new(|| {}))?;
    let doubts = doubts(&left_out);
    write_doubts(&args.output, &doubts)?;
    console::print(format_args!(
        "the others speak against {} of {} labels; wrote {}",
        doubts.iter().filter(|doubt: &&Doubt| doubt.is_serious()).count(),
        labels.labelled(),
        args.output.display()
    ));
    Ok(())
}
