//! `ssvae infer`: what the model says of every image, as a `.npz` file.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use crate::console;
use ssvae_core::dataset::Split;
use ssvae_core::files::check;
use ssvae_core::outputs::kinds::INFERRED;
use ssvae_core::outputs::npz::NpzWriter;
use ssvae_core::training::backend;
use ssvae_core::training::epoch::encode;
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::worker::load_model;

use super::args::CommonArgs;
use super::inputs::{images_of, progress_bar};
use super::interrupt;

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct InferArgs {
    #[command(flatten)]
    common: CommonArgs,
    #[arg(long, default_value = "data/output_latent.npz")]
    output: PathBuf,
    #[arg(long, value_enum, default_value = "train")]
    split: SplitArg,
    /// Only divide pixels by 255, as the Python `infer` does
    #[arg(long)]
    unscaled: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SplitArg {
    Train,
    Test,
}

/// Images decoded at a time.
const CHUNK: usize = 1024;

pub fn run(args: &InferArgs) -> anyhow::Result<()> {
    check(&args.output, &INFERRED)?;
    let backend = args.common.backend()?;
    let split = match args.split {
        SplitArg::Train => Split::Train,
        SplitArg::Test => Split::Test,
    };
    let dataset = images_of(&args.common.data_dir, split, args.common.images.options())?;
    dataset.need_images("inference")?;
    let mut dataset = dataset.or_classes_of(&args.common.labels_path());
    if args.unscaled {
        dataset = dataset.unscaled();
    }
    let dataset = Arc::new(dataset);
    let (architecture, state) = load_model(&args.common.weights, &dataset).map_err(anyhow::Error::msg)?;
    let engine = backend::engine(&backend, architecture, &state, &dataset, &Heartbeat::default());
    let bar = progress_bar();
    bar.set_prefix("Encoding");
    bar.set_length(dataset.len() as u64);
    let mut progress = |done| {
        bar.set_position(done as u64);
        ControlFlow::Continue(())
    };
    let snapshot = encode(engine.as_ref(), dataset.len(), Some(&mut progress));
    bar.set_prefix("Writing");

    let n = dataset.len();
    let [height, width, channels] = dataset.shape();
    let images: &[usize] = match channels {
        1 => &[n, height, width],
        _ => &[n, height, width, channels],
    };
    let latents = [n, snapshot.latent_dim];
    let serials: Vec<u32> = (0..n as u32).collect();
    let scaled = serials.chunks(CHUNK).map(|chunk| {
        let mut images = Vec::new();
        dataset.scaled_into(chunk, &mut images);
        images
    });
    let decoded = snapshot
        .latents
        .chunks(CHUNK * snapshot.latent_dim)
        .enumerate()
        .map(|(i, chunk)| {
            bar.set_position((i * CHUNK) as u64);
            engine.decode(chunk)
        });
    let truth: Vec<i32> = serials
        .iter()
        .map(|&s| dataset.true_label(s).map_or(-1, i32::from))
        .collect();
    let classes: Vec<i32> = snapshot.classes.iter().map(|&class| class.into()).collect();
    let _hold = interrupt::hold();
    let goes_on = || !interrupt::asked();
    let write = || {
        let mut file = NpzWriter::create(&args.output, &INFERRED)?;
        file.f32_chunks("input", images, scaled.take_while(|_| goes_on()))?;
        file.f32_chunks("tsne", &latents, [&snapshot.latents])?;
        file.f32_chunks("latent", &latents, [&snapshot.latents])?;
        file.i32_chunks("labels", &[n], [&truth])?;
        file.f32_chunks("reconstruted", images, decoded.take_while(|_| goes_on()))?;
        file.i32_chunks("pred_classes", &[n], [&classes])?;
        file.f32_chunks("pred_certainty", &[n], [&snapshot.certainty])?;
        file.finish()
    };
    match write() {
        // An array that was left half written fails.
        Err(_) if interrupt::asked() => return Ok(()),
        written => written?,
    }
    interrupt::say(format!("{} is written", args.output.display()));
    bar.finish_and_clear();
    console::print(format_args!(
        "wrote {} ({n} images, {backend})",
        args.output.display()
    ));
    Ok(())
}
