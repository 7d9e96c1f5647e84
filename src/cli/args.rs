//! Options that several commands have.

use std::fmt;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ssvae_core::choice::Choice;
use ssvae_core::dataset::{Dataset, OpenOptions, Transpose, is_vectors_file};
use ssvae_core::model::config::{Architecture, Monitor, NetworkKind, TargetKind, TrainingConfig};
use ssvae_core::training::backend::{Backend, BackendChoice, BackendError, resolve};

/// Files and choices that every command has.
#[derive(Args, Clone, Debug)]
pub struct CommonArgs {
    /// Folder with the IDX files
    #[arg(long, default_value = "data/mnist")]
    pub data_dir: PathBuf,
    #[command(flatten)]
    pub images: ImageArgs,
    /// The user's labels [default: labels.csv in the data folder]
    #[arg(long)]
    pub labels: Option<PathBuf>,
    /// The checkpoint
    #[arg(long, default_value = "artifacts/checkpoints/ssvae.ckpt")]
    pub weights: PathBuf,
    /// Folder for the records of runs
    #[arg(long, default_value = "artifacts/runs")]
    pub runs: PathBuf,
    /// Seed of fresh weights, split, shuffling and noise
    #[arg(long, default_value_t = 42)]
    pub seed: u64,
    /// Where the model runs; `auto`: on the faster of a real GPU and the CPU, by a few steps on both
    #[arg(long, value_parser = one_of::<BackendChoice>(), default_value = "auto")]
    pub backend: BackendChoice,
}

/// How the images are read.
#[derive(Args, Clone, Copy, Debug)]
pub struct ImageArgs {
    /// Whether rows and columns of the images are exchanged; `auto`: in files named `emnist-…`
    #[arg(long, value_parser = one_of::<Transpose>(), default_value = "auto")]
    transpose: Transpose,
}

impl ImageArgs {
    pub fn options(self) -> OpenOptions {
        OpenOptions {
            transpose: self.transpose,
        }
    }
}

impl CommonArgs {
    /// Where the model runs, of what this machine has.
    pub fn backend(&self) -> Result<Backend, BackendError> {
        #[cfg(feature = "gpu")]
        let find = ssvae_gpu::find;
        #[cfg(not(feature = "gpu"))]
        let find = || {
            Err(BackendError::NoGpu {
                found: "this program was built without the feature `gpu`".into(),
            })
        };
        resolve(self.backend, find)
    }

    pub fn labels_path(&self) -> PathBuf {
        self.labels
            .clone()
            .unwrap_or_else(|| self.data_dir.join("labels.csv"))
    }
}

/// What samples are compared by, as it is named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Neighbours {
    /// Principal components of the images.
    Pixels,
    /// The last hidden layer of the checkpoint's encoder.
    Model,
    /// A file with a vector for each sample.
    File(PathBuf),
}

impl Neighbours {
    /// How the command line names them.
    pub const NAMES: &str = "pixels|model|FILE";

    /// Takes one of them by its name.
    pub fn named(text: &str) -> Result<Self, String> {
        match text {
            "pixels" => Ok(Self::Pixels),
            "model" => Ok(Self::Model),
            _ if is_vectors_file(Path::new(text)) => Ok(Self::File(text.into())),
            _ => Err("expected `pixels`, `model`, or a file of vectors such as features.npy".into()),
        }
    }
}

impl fmt::Display for Neighbours {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Pixels => f.write_str("pixels"),
            Self::Model => f.write_str("model"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// What the samples of a command are compared by, where it reads no other checkpoint.
#[derive(Args, Clone, Debug)]
pub struct NeighbourArgs {
    /// What the samples are compared by; a FILE holds a vector for each, and may be named as in the data folder
    #[arg(long, value_name = Neighbours::NAMES, value_parser = Neighbours::named, default_value = "pixels")]
    pub neighbours: Neighbours,
    /// The checkpoint whose last hidden layer they are compared by with --neighbours model
    #[arg(long, default_value = "artifacts/checkpoints/ssvae.ckpt")]
    pub weights: PathBuf,
}

/// Takes one of a few values by its name.
pub fn one_of<T: Choice + Send + Sync>() -> impl TypedValueParser<Value = T> {
    let names = T::ALL.iter().map(|choice| choice.name());
    PossibleValuesParser::new(names).try_map(|name| T::named(&name).ok_or("no such value"))
}

/// Hyperparameters under the Python system's names.
#[derive(Args, Clone, Debug)]
pub struct HyperparameterArgs {
    #[arg(long, value_parser = one_of::<NetworkKind>(), default_value = "dense")]
    encoder_type: NetworkKind,
    #[arg(long, value_parser = one_of::<NetworkKind>(), default_value = "dense")]
    decoder_type: NetworkKind,
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=1024))]
    latent_dim: u16,
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=65536))]
    batch_size: u32,
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    max_epochs: u32,
    /// Epochs without a better monitored metric before stopping
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    patience: u32,
    #[arg(long, default_value_t = 1e-3, value_parser = positive)]
    learning_rate: f32,
    #[arg(long, default_value_t = 1000.0, value_parser = not_negative)]
    recon_weight: f32,
    #[arg(long, default_value_t = 0.1, value_parser = not_negative)]
    kl_weight: f32,
    /// Weight of the classification loss [default: 100 with propagated targets, 1 with labels]
    #[arg(long, value_parser = not_negative)]
    label_weight: Option<f32>,
    /// What unlabelled images are taught: what the labels were propagated to, or nothing
    #[arg(long, value_parser = one_of::<TargetKind>(), default_value = "propagated")]
    targets: TargetKind,
    /// Pixels by which images are moved at most before they are classified, with propagated targets
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(0..=32))]
    shift: u8,
    #[arg(long, default_value_t = 1e-4, value_parser = not_negative)]
    weight_decay: f32,
    #[arg(long, default_value_t = 0.2, value_parser = rate)]
    dropout_rate: f32,
    /// Validation metric that decides which epoch is saved
    #[arg(long, value_parser = one_of::<Monitor>(), default_value = "classification_loss")]
    monitor_metric: Monitor,
}

impl HyperparameterArgs {
    pub fn architecture(&self, dataset: &Dataset) -> Architecture {
        Architecture {
            encoder: self.encoder_type,
            decoder: self.decoder_type,
            latent_dim: self.latent_dim.into(),
            ..Architecture::of(dataset)
        }
    }

    pub fn config(&self, seed: u64) -> TrainingConfig {
        TrainingConfig {
            recon_weight: self.recon_weight,
            kl_weight: self.kl_weight,
            label_weight: self.label_weight.unwrap_or(self.targets.usual_label_weight()),
            learning_rate: self.learning_rate,
            batch_size: self.batch_size as usize,
            max_epochs: self.max_epochs as usize,
            patience: self.patience as usize,
            seed,
            weight_decay: self.weight_decay,
            dropout_rate: self.dropout_rate,
            monitor: self.monitor_metric,
            targets: self.targets,
            shift: self.shift,
            ..TrainingConfig::default()
        }
    }
}

fn number(text: &str, fits: impl Fn(f32) -> bool, range: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(value) if value.is_finite() && fits(value) => Ok(value),
        _ => Err(format!("expected {range}")),
    }
}

fn positive(text: &str) -> Result<f32, String> {
    number(text, |value| value > 0.0, "a number above 0")
}

fn not_negative(text: &str) -> Result<f32, String> {
    number(text, |value| value >= 0.0, "a number of 0 or more")
}

fn rate(text: &str) -> Result<f32, String> {
    number(
        text,
        |value| (0.0..1.0).contains(&value),
        "a number from 0 up to, not including, 1",
    )
}
