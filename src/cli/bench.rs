//! `ssvae bench cloud` and `ssvae bench learning`.

use crate::console;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[cfg(feature = "window")]
use crate::bench::cloud::measure::measure;
use crate::bench::learning;

#[cfg(feature = "window")]
use super::window::parse_size;

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    #[cfg(feature = "window")]
    /// Clouds of synthetic points, drawn off-screen, beside the same drawing without a dashboard around it
    Cloud(CloudArgs),
    /// The similarity graph, propagation and acquisition scores, and the test after an epoch; as JSON, for `benches/learning.sh`
    Learning(LearningArgs),
}

#[derive(Args, Clone, Debug)]
struct LearningArgs {
    /// Folder with the IDX files and true labels
    #[arg(long, default_value = "data/mnist")]
    data_dir: PathBuf,
    /// Synthetic features `[N, 50]` in the place of the images'
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1000..))]
    points: Option<u32>,
    /// Where the features are written, as `features.npz` in this folder, for other programs
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
}

#[cfg(feature = "window")]
#[derive(Args, Clone, Debug)]
struct CloudArgs {
    /// Numbers of points
    #[arg(long, value_name = "N[,N…]", value_delimiter = ',', default_value = "60000,1000000",
          value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    points: Vec<u32>,
    /// Size of the picture in pixels
    #[arg(long, value_name = "WxH", default_value = "1280x800", value_parser = parse_size)]
    size: [u32; 2],
    /// Print a JSON array instead of a table
    #[arg(long)]
    json: bool,
}

pub fn run(args: BenchArgs) -> anyhow::Result<()> {
    match args.what {
        #[cfg(feature = "window")]
        What::Cloud(args) => measure_cloud(args),
        What::Learning(args) => {
            let report = match args.points {
                Some(points) => learning::measure_points(points as usize)?,
                None => learning::measure(&args.data_dir, args.export.as_deref())?,
            };
            console::print(format_args!("{}", serde_json::to_string_pretty(&report)?));
            Ok(())
        }
    }
}

#[cfg(feature = "window")]
fn measure_cloud(args: CloudArgs) -> anyhow::Result<()> {
    let mut reports = Vec::new();
    for points in args.points {
        let report = measure(points as usize, args.size)?;
        if !args.json {
            report.print();
        }
        reports.push(report);
    }
    if args.json {
        console::print(format_args!("{}", serde_json::to_string_pretty(&reports)?));
    }
    Ok(())
}
