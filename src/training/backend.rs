//! Where the model runs: burn-wgpu on a real GPU, our own products on the CPU.

use std::sync::Arc;

use burn::backend::Autodiff;
use burn_wgpu::{Wgpu, WgpuDevice};

use crate::checkpoint::Checkpoint;
use crate::dataset::Dataset;
use crate::model::config::Architecture;

use super::device_engine::DeviceEngine;
use super::engine::Engine;
use super::host::HostEngine;
use super::pulse::Pulse;

/// The user's wish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum BackendChoice {
    /// The GPU where there is a real one, the CPU otherwise.
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
