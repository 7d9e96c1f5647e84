//! `ssvae propagate`: what the labels say of every image.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::console;
use ssvae_core::dataset::{Dataset, Split};
use ssvae_core::files::{Kind, check, is_same_file};
use ssvae_core::job::Job;
use ssvae_core::labels::Labels;
use ssvae_core::outputs::propagated::PROPAGATED;
use ssvae_core::outputs::propagated::write_propagated;
use ssvae_core::propagation::{Propagated, Propagation};
use ssvae_core::similarity::{Features, MOST, Similarity};
use ssvae_core::training::backend::{Backend, engine};
use ssvae_core::training::epoch::encode;
use ssvae_core::training::heartbeat::Heartbeat;
use ssvae_core::training::hidden::last_hidden;
use ssvae_core::worker::load_model;

use super::args::{ImageArgs, NeighbourArgs, Neighbours};
use super::inputs::{images_of, labels_of, progress_bar};

/// Images, and labels of some of them.
#[derive(Args, Clone, Debug)]
pub struct LabelledArgs {
    /// Folder with the images
    #[arg(long, default_value = "data/mnist")]
    pub data_dir: PathBuf,
    #[command(flatten)]
    images: ImageArgs,
    /// The user's labels [default: labels.csv in the data folder]
    #[arg(long)]
    labels: Option<PathBuf>,
}

impl LabelledArgs {
    /// Reads both, after it has made sure that the output may be written and is not the labels themselves.
    pub fn open_for(&self, output: &Path, kind: &Kind) -> anyhow::Result<(Arc<Dataset>, Labels)> {
        let beside = || self.data_dir.join("labels.csv");
        let path = self.labels.clone().unwrap_or_else(beside);
        let written = check(output, kind)?;
        anyhow::ensure!(
            !is_same_file(&written, &path),
            "{}: holds the labels that are read; choose another --output",
            output.display()
        );
        let dataset = images_of(&self.data_dir, Split::Train, self.images.options())?;
        let dataset = Arc::new(dataset.or_classes_of(&path));
        let labels = labels_of(&path, &dataset)?;
        Ok((dataset, labels))
    }
}

#[derive(Args, Clone, Debug)]
#[command(allow_negative_numbers = true)]
pub struct PropagateArgs {
    #[command(flatten)]
    labelled: LabelledArgs,
    #[command(flatten)]
    compared: NeighbourArgs,
    /// The file to write: Serial,label,certainty
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: &PropagateArgs) -> anyhow::Result<()> {
    let (dataset, labels) = args.labelled.open_for(&args.output, &PROPAGATED)?;
    let NeighbourArgs { neighbours, weights } = &args.compared;
    let by = ComparedBy::new(neighbours, weights, (&args.labelled.data_dir, &dataset))?;
    let propagated = propagate(&dataset, labels.as_slice(), by)?;
    write_propagated(&args.output, labels.as_slice(), &propagated)?;
    let reached = propagated.classes().iter().flatten().count();
    console::print(format_args!(
        "{} labels, propagated to {reached} of {} {}; wrote {}",
        labels.labelled(),
        dataset.len(),
        if dataset.has_images() { "images" } else { "vectors" },
        args.output.display()
    ));
    Ok(())
}

/// What samples are compared by, with its file.
pub enum ComparedBy {
    Pixels,
    /// The last hidden layer of the checkpoint's encoder.
    Model(PathBuf),
    /// The vectors of a file.
    Vectors(PathBuf),
}

impl ComparedBy {
    /// A file of vectors is looked for as it is named, and else in the data folder. Vectors without images are compared by
    /// themselves.
    pub fn new(
        neighbours: &Neighbours,
        weights: &Path,
        (data_dir, dataset): (&Path, &Dataset),
    ) -> anyhow::Result<Self> {
        Ok(match (neighbours, dataset.vectors_file()) {
            (Neighbours::Pixels, Some(vectors)) if !dataset.has_images() => Self::Vectors(vectors.to_owned()),
            (Neighbours::Pixels, _) => Self::Pixels,
            (Neighbours::Model, _) => {
                dataset.need_images("--neighbours model")?;
                Self::Model(weights.to_owned())
            }
            (Neighbours::File(path), _) if path.exists() => Self::Vectors(path.clone()),
            (Neighbours::File(path), _) => Self::Vectors(data_dir.join(path)),
        })
    }
}

/// Which samples are like which, with a bar.
pub fn similarity(dataset: &Arc<Dataset>, by: ComparedBy) -> anyhow::Result<Similarity> {
    anyhow::ensure!(
        dataset.len() <= MOST,
        "{} images are more than the {MOST} that a similarity graph is offered for; train with --targets labels",
        dataset.len()
    );
    let bar = progress_bar();
    bar.set_prefix("Similar images");
    bar.set_length(100);
    let shown = bar.clone();
    let job = Job::telling(move |share| shown.set_position((100.0 * share) as u64));
    let found = match by {
        ComparedBy::Pixels => Similarity::of_images(dataset, &job),
        ComparedBy::Vectors(path) => {
            let mut progress = |done, of: u64| bar.set_position(20 * done / of.max(1));
            let vectors = dataset.read_vectors(&path, &mut progress)?;
            Similarity::of_vectors(&vectors, &job.part(0.2, 1.0))
        }
        ComparedBy::Model(weights) => {
            let (architecture, state) = load_model(&weights, dataset).map_err(anyhow::Error::msg)?;
            let features = match last_hidden(&state.params, dataset, &job.part(0.0, 0.1))? {
                Some(hidden) => hidden,
                None => {
                    let latent_dim = architecture.latent_dim;
                    let engine = engine(
                        &Backend::Cpu,
                        architecture,
                        &state,
                        dataset,
                        &Heartbeat::default(),
                    );
                    let snapshot = encode(engine.as_ref(), dataset.len(), None);
                    Features::new(snapshot.latents, latent_dim)
                }
            };
            Similarity::of_features(features, &job.part(0.1, 1.0))
        }
    };
    bar.finish_and_clear();
    Ok(found?)
}

/// What these labels say of every image; see [`similarity`].
pub fn propagate(
    dataset: &Arc<Dataset>,
    labels: &[Option<u8>],
    by: ComparedBy,
) -> anyhow::Result<Propagated> {
    let similarity = similarity(dataset, by)?;
    let mut propagation = Propagation::new(similarity.graph, dataset.classes());
    Ok(propagation.propagate(labels, &Job::new(|| {}))?)
}
