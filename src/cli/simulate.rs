//! `ssvae simulate`: strategies compared, the true labels being the user's answers.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::console;
use ssvae_core::acquisition::Strategy;
use ssvae_core::choice::Choice;
use ssvae_core::dataset::Split;
use ssvae_core::files::{beside, check};
use ssvae_core::job::Job;
use ssvae_core::model::config::{Architecture, TargetKind, TrainingConfig};
use ssvae_core::outputs::kinds::PICTURE;
use ssvae_core::outputs::simulation::write_simulation_plot;
use ssvae_core::simulation::{Learner, Measured, Options, Simulation, Table};

use super::args::{ImageArgs, NeighbourArgs};
use super::inputs::images_of;
use super::interrupt;
use super::propagate::{ComparedBy, similarity};

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct SimulateArgs {
    /// Folder with the IDX files and true labels
    #[arg(long, default_value = "data/mnist")]
    data_dir: PathBuf,
    #[command(flatten)]
    images: ImageArgs,
    #[command(flatten)]
    compared: NeighbourArgs,
    /// The acquisition functions to compare [default: all]
    #[arg(long, value_parser = super::args::one_of::<Strategy>(), value_delimiter = ',')]
    strategies: Vec<Strategy>,
    /// Random labels to begin with
    #[arg(long, default_value_t = 0)]
    start: usize,
    /// Labels between two rankings of the samples
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    batch: u32,
    /// Labels at the end
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    budget: u32,
    /// Simulations of each
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    seeds: u32,
    /// The first of their seeds
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// What the networks of --train-at are taught
    #[arg(long, value_parser = super::args::one_of::<TargetKind>(), default_value = "propagated")]
    targets: TargetKind,
    /// Their latent size
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    latent_dim: u16,
    /// Their epochs
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    epochs: u32,
    /// Train a network at these numbers of labels, and test it
    #[arg(long, value_name = "N", value_delimiter = ',')]
    train_at: Vec<usize>,
    /// The table to write, with a plot of the same name beside it; one that is there is gone on with
    #[arg(long, value_name = "FILE.csv")]
    output: PathBuf,
}

pub fn run(args: &SimulateArgs) -> anyhow::Result<()> {
    let options = Options {
        data: args.data_dir.clone(),
        neighbours: args.compared.neighbours.to_string(),
        start: args.start,
        batch: args.batch as usize,
        budget: args.budget as usize,
        targets: args.targets,
        latent_dim: args.latent_dim.into(),
        epochs: args.epochs as usize,
        train_at: args.train_at.clone(),
    };
    let dataset = Arc::new(images_of(&args.data_dir, Split::Train, args.images.options())?);
    let strategies: Vec<Strategy> = match args.strategies.as_slice() {
        [] => {
            let all = Strategy::ALL.iter().copied();
            all.filter(|strategy| dataset.has_images() || !strategy.asks_network())
                .collect()
        }
        chosen => chosen.to_vec(),
    };
    if let Some(asking) = strategies.iter().find(|strategy| strategy.asks_network()) {
        dataset.need_images(&format!("--strategies {}", asking.name()))?;
    }
    let truth: Option<Vec<u8>> = (0..dataset.len() as u32)
        .map(|serial| dataset.true_label(serial))
        .collect();
    let truth = truth.with_context(|| {
        format!(
            "{}: not every image has a true label; a simulation needs them to answer for the user",
            args.data_dir.display()
        )
    })?;
    let test = match args.train_at.is_empty() {
        true => None,
        false => Some(Arc::new(images_of(
            &args.data_dir,
            Split::Test,
            args.images.options(),
        )?)),
    };
    let plot = beside(&args.output, "csv", ".png");
    check(&plot, &PICTURE)?;
    let table = Table::open(&args.output, &options)?;
    let seeds = args.seed..args.seed + u64::from(args.seeds);
    // Seed by seed, so that all strategies have some early.
    let all = seeds
        .clone()
        .flat_map(|seed| strategies.iter().map(move |&strategy| (strategy, seed)));
    let left: Vec<(Strategy, u64)> = all
        .filter(|&(strategy, seed)| !table.has(strategy, seed))
        .collect();
    let NeighbourArgs { neighbours, weights } = &args.compared;
    let by = ComparedBy::new(neighbours, weights, (&args.data_dir, &dataset))?;
    let similarity = similarity(&dataset, by)?;
    let tell = |table: &Table| {
        let rows = table.rows().iter();
        let done: HashSet<_> = rows.map(|row| (row.strategy, row.seed)).collect();
        let (done, file) = (done.len(), args.output.display());
        interrupt::say(format!(
            "{file} holds {done} simulations; run the same command again to go on"
        ));
    };
    tell(&table);
    let bar = bar(left.len());
    let table = Mutex::new(table);
    left.par_iter()
        .with_max_len(1)
        .try_for_each(|&(strategy, seed)| -> anyhow::Result<()> {
            let config = TrainingConfig {
                max_epochs: options.epochs,
                patience: options.epochs,
                label_weight: options.targets.usual_label_weight(),
                targets: options.targets,
                ..TrainingConfig::default()
            };
            let architecture = Architecture {
                latent_dim: options.latent_dim,
                ..Architecture::of(&dataset)
            };
            let mut learner = Learner::new(dataset.clone(), test.clone(), architecture, config);
            let simulation = Simulation {
                similarity: &similarity,
                truth: &truth,
                classes: dataset.classes(),
                strategy,
                seed,
                start: options.start,
                batch: options.batch,
                budget: options.budget,
                train_at: &options.train_at,
            };
            let rows = simulation.run(&mut learner, &Job::new(|| {}))?;
            let mut table = table.lock().unwrap_or_else(PoisonError::into_inner);
            let hold = interrupt::hold();
            table.extend(rows)?;
            tell(&table);
            drop(hold);
            interrupt::end_if_asked();
            bar.inc(1);
            Ok(())
        })?;
    bar.finish_and_clear();
    let table = table.into_inner().unwrap_or_else(PoisonError::into_inner);
    let wanted = |row: &&Measured| strategies.contains(&row.strategy) && seeds.contains(&row.seed);
    let rows: Vec<Measured> = table.rows().iter().filter(wanted).cloned().collect();
    write_simulation_plot(&plot, &rows)?;
    print(&rows, &strategies);
    console::print(format_args!(
        "wrote {} and {}",
        args.output.display(),
        plot.display()
    ));
    Ok(())
}

/// On a terminal; nothing elsewhere.
fn bar(simulations: usize) -> ProgressBar {
    let bar = ProgressBar::new(simulations as u64);
    if let Ok(style) = ProgressStyle::with_template("{pos} of {len} simulations {bar:30} {eta} left") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// Means over the seeds at some numbers of labels.
fn print(rows: &[Measured], strategies: &[Strategy]) {
    const SHOWN: [usize; 9] = [10, 20, 30, 50, 75, 100, 200, 400, 1000];
    let last = rows.iter().map(|row| row.labels).max().unwrap_or(0);
    let mut shown: Vec<usize> = SHOWN.into_iter().filter(|&labels| labels <= last).collect();
    if shown.last() != Some(&last) {
        shown.push(last);
    }
    let mean = |strategy: Strategy, labels: usize, of: &dyn Fn(&Measured) -> Option<f64>| {
        let values: Vec<f64> = rows
            .iter()
            .filter(|row| row.strategy == strategy && row.labels == labels)
            .filter_map(of)
            .collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    let heads: String = shown.iter().map(|labels| format!("{labels:>8}")).collect();
    console::print(format_args!("{:<17}{heads}", "labels"));
    for &strategy in strategies {
        for (what, of) in [
            (
                "",
                &(|row: &Measured| Some(row.unlabelled_accuracy)) as &dyn Fn(&Measured) -> Option<f64>,
            ),
            (", network", &|row: &Measured| row.test_accuracy),
        ] {
            let values: Vec<Option<f64>> = shown.iter().map(|&labels| mean(strategy, labels, of)).collect();
            if values.iter().any(Option::is_some) {
                let cells: String = values
                    .iter()
                    .map(|value| value.map_or(" ".repeat(8), |value| format!("{:>7.1}%", 100.0 * value)))
                    .collect();
                console::print(format_args!(
                    "{:<17}{cells}",
                    format!("{}{what}", strategy.name())
                ));
            }
        }
    }
}
