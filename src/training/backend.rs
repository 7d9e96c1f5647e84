//! Where the model runs: burn-wgpu on a real GPU, our own products on the CPU.

use std::sync::Arc;
use std::time::Instant;

use burn::backend::Autodiff;
use burn_wgpu::{Wgpu, WgpuDevice};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::{Architecture, CLASSES, TrainingConfig};

use super::device_engine::DeviceEngine;
use super::engine::{Batch, Engine};
use super::epoch;
use super::host::HostEngine;
use super::pulse::Pulse;
use super::targets::Targets;

/// The user's wish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum BackendChoice {
    /// The faster of a real GPU and the CPU, by a few steps on both.
    #[default]
    Auto,
    Gpu,
    Cpu,
}

/// What is in use.
#[derive(Clone, Debug, PartialEq)]
pub enum Backend {
    Cpu,
    Gpu { adapter: String, device: WgpuDevice },
}

#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error("--backend gpu: no GPU was found ({found}); use --backend cpu or auto")]
    NoGpu { found: String },
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Self::Cpu => f.write_str("CPU"),
            Self::Gpu { adapter, .. } => write!(f, "GPU ({adapter}, burn-wgpu)"),
        }
    }
}

/// Resolves the wish against the adapters of this machine. A software adapter counts as none.
pub fn resolve(choice: BackendChoice) -> Result<Backend, BackendError> {
    if choice == BackendChoice::Cpu {
        return Ok(Backend::Cpu);
    }
    let adapters = adapters();
    let real = adapters.iter().find_map(|info| {
        let device = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => WgpuDevice::DiscreteGpu(0),
            wgpu::DeviceType::IntegratedGpu => WgpuDevice::IntegratedGpu(0),
            wgpu::DeviceType::VirtualGpu => WgpuDevice::VirtualGpu(0),
            wgpu::DeviceType::Cpu | wgpu::DeviceType::Other => return None,
        };
        Some(Backend::Gpu {
            adapter: info.name.clone(),
            device,
        })
    });
    match (real, choice) {
        (Some(gpu), _) => Ok(gpu),
        (None, BackendChoice::Gpu) => {
            let names: Vec<String> = adapters
                .iter()
                .map(|info| format!("{} is software", info.name))
                .collect();
            let found = if names.is_empty() {
                "no Vulkan, Metal or DX12 adapter".into()
            } else {
                names.join(", ")
            };
            Err(BackendError::NoGpu { found })
        }
        (None, _) => Ok(Backend::Cpu),
    }
}

/// What a few steps on both backends have shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
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
    pulse: &Pulse,
) -> Trial {
    let time = |backend: &Backend| {
        let mut engine = engine(backend, architecture.clone(), checkpoint, dataset, pulse);
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
    let targets = Targets::labels(
        (0..samples)
            .map(|serial| Some((serial % CLASSES) as u8))
            .collect(),
    );
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

/// Whether anything here can draw, a software adapter included.
pub fn can_draw() -> bool {
    !adapters().is_empty()
}

fn adapters() -> Vec<wgpu::AdapterInfo> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::PRIMARY;
    let instance = wgpu::Instance::new(descriptor);
    let adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
    let mut infos: Vec<wgpu::AdapterInfo> = adapters.iter().map(wgpu::Adapter::get_info).collect();
    infos.sort_by_key(|info| match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        _ => 3,
    });
    infos
}

/// A model on the backend, made and used on one thread (cubecl's stream belongs to its thread). It beats `pulse` while it
/// computes.
pub fn engine(
    backend: &Backend,
    architecture: Architecture,
    checkpoint: &Checkpoint,
    dataset: &Arc<Dataset>,
    pulse: &Pulse,
) -> Box<dyn Engine> {
    let (dataset, pulse) = (dataset.clone(), pulse.clone());
    match backend {
        Backend::Cpu => Box::new(HostEngine::new(architecture, checkpoint, dataset, None, pulse)),
        Backend::Gpu { device, .. } => Box::new(DeviceEngine::<Autodiff<Wgpu>>::new(
            architecture,
            checkpoint,
            dataset,
            device.clone(),
            pulse,
        )),
    }
}
