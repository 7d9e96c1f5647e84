//! Where the model runs: burn-wgpu on a real GPU, our own products on the CPU.

use std::sync::Arc;
use std::time::Instant;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::checkpoint::Checkpoint;
use crate::choice::Choice;
use crate::dataset::Dataset;
use crate::model::config::{Architecture, TrainingConfig};

use super::cpu::CpuEngine;
use super::engine::{Batch, Engine};
use super::epoch;
use super::heartbeat::Heartbeat;
use super::targets::Targets;

/// The backend that the user wishes for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BackendChoice {
    /// The faster of a real GPU and the CPU, by a few steps on both.
    #[default]
    Auto,
    /// A real GPU, and an error where there is none.
    Gpu,
    /// The program's own engine.
    Cpu,
}

impl Choice for BackendChoice {
    const ALL: &'static [Self] = &[Self::Auto, Self::Gpu, Self::Cpu];

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gpu => "gpu",
            Self::Cpu => "cpu",
        }
    }
}

/// A GPU that a network can be trained on.
pub trait Device: std::fmt::Debug + Send + Sync {
    /// Name of the graphics adapter.
    fn adapter(&self) -> &str;

    /// A model on this device, made and used on one thread (cubecl's stream belongs to its thread). It beats `heartbeat` while
    /// it computes. `checkpoint` has been checked against `architecture`.
    fn engine(
        &self,
        architecture: Architecture,
        checkpoint: &Checkpoint,
        dataset: Arc<Dataset>,
        heartbeat: Heartbeat,
    ) -> Box<dyn Engine>;
}

/// The backend that is in use.
#[derive(Clone, Debug)]
pub enum Backend {
    /// [`CpuEngine`], with a thread per core.
    Cpu,
    /// A device that was found.
    Gpu(Arc<dyn Device>),
}

impl Backend {
    /// Whether a device computes, which may be lost.
    pub fn is_gpu(&self) -> bool {
        matches!(self, Self::Gpu(_))
    }
}

/// Why the wish for a backend is not fulfilled.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// A GPU was asked for by name.
    #[error("--backend gpu: no GPU was found ({found}); use --backend cpu or auto")]
    NoGpu {
        /// What was found instead, for the user.
        found: String,
    },
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Cpu => f.write_str("CPU"),
            Self::Gpu(device) => write!(f, "GPU ({}, burn-wgpu)", device.adapter()),
        }
    }
}

/// Resolves the wish; `find` looks for a GPU, where one is wanted.
///
/// # Errors
/// Those of `find`, where the GPU was asked for by name.
pub fn resolve(
    choice: BackendChoice,
    find: impl FnOnce() -> Result<Arc<dyn Device>, BackendError>,
) -> Result<Backend, BackendError> {
    match choice {
        BackendChoice::Cpu => Ok(Backend::Cpu),
        BackendChoice::Gpu => find().map(Backend::Gpu),
        BackendChoice::Auto => Ok(find().map_or(Backend::Cpu, Backend::Gpu)),
    }
}

/// What a few steps on both backends have shown.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The faster one.
    pub chosen: Backend,
    /// Median milliseconds of a step on the GPU and on the CPU.
    pub milliseconds: [f64; 2],
}

impl std::fmt::Display for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let [gpu, cpu] = self.milliseconds;
        write!(
            f,
            "{}, tried: a step takes {gpu:.1} ms on the GPU, {cpu:.1} ms on the CPU",
            self.chosen
        )
    }
}

/// Steps that are timed on each, after as many that are not: then kernels are compiled and caches filled.
const STEPS: usize = 8;

/// Trains a few steps on a GPU and on the CPU, on copies of `checkpoint`, and takes the faster.
pub fn faster(
    gpu: &Backend,
    architecture: &Architecture,
    checkpoint: &Checkpoint,
    dataset: &Arc<Dataset>,
    config: &TrainingConfig,
    heartbeat: &Heartbeat,
) -> Trial {
    let time = |backend: &Backend| {
        let mut engine = engine(backend, architecture.clone(), checkpoint, dataset, heartbeat);
        milliseconds(engine.as_mut(), dataset.len(), config)
    };
    let milliseconds = [time(gpu), time(&Backend::Cpu)];
    Trial {
        chosen: if milliseconds[0] < milliseconds[1] {
            gpu.clone()
        } else {
            Backend::Cpu
        },
        milliseconds,
    }
}

/// Median milliseconds of a training step, the wait for a device included.
fn milliseconds(engine: &mut dyn Engine, samples: usize, config: &TrainingConfig) -> f64 {
    let size = config.batch_size.clamp(1, samples.max(1));
    let serials: Vec<u32> = (0..size as u32).collect();
    let classes = engine.architecture().classes;
    let labels = (0..samples).map(|serial| Some((serial % classes.get()) as u8));
    let targets = Targets::labels(labels.collect(), classes);
    let rows = targets.rows(&serials);
    let mut config = config.clone();
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..2 * STEPS {
        let begun = Instant::now();
        let noise = epoch::noise(engine.architecture(), size, config.dropout_rate, &mut random);
        config.learning_rate = 0.0;
        let batch = Batch {
            serials: &serials,
            targets: &rows,
        };
        engine.train_step(batch, Some(noise), &config);
        // Where the device is asked whether all went well it has to be done.
        engine.diverged();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    let timed = &mut times[STEPS..];
    timed.sort_by(f64::total_cmp);
    timed[STEPS / 2]
}

/// A model on the backend, made and used on one thread (cubecl's stream belongs to its thread). It beats `heartbeat` while it
/// computes.
pub fn engine(
    backend: &Backend,
    architecture: Architecture,
    checkpoint: &Checkpoint,
    dataset: &Arc<Dataset>,
    heartbeat: &Heartbeat,
) -> Box<dyn Engine> {
    let (dataset, heartbeat) = (dataset.clone(), heartbeat.clone());
    match backend {
        Backend::Cpu => Box::new(CpuEngine::new(architecture, checkpoint, dataset, None, heartbeat)),
        Backend::Gpu(device) => device.engine(architecture, checkpoint, dataset, heartbeat),
    }
}
