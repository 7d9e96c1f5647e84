//! `ssvae bench cloud`.

use clap::{Args, Subcommand};

use crate::bench::cloud;

use super::parse_size;

#[derive(Args, Clone, Debug)]
pub struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Clouds of synthetic points, drawn off-screen, beside the same drawing without a dashboard around it
    Cloud(CloudArgs),
}

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
    let What::Cloud(args) = args.what;
    let mut reports = Vec::new();
    for points in args.points {
        let report = cloud::measure(points as usize, args.size)?;
        if !args.json {
            report.print();
        }
        reports.push(report);
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&reports)?);
    }
    Ok(())
}
