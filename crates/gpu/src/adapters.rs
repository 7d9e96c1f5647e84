//! Which GPU there is.

use std::sync::Arc;

use burn::backend::Autodiff;
use burn_wgpu::{Wgpu, WgpuDevice};
use ssvae_core::checkpoint::Checkpoint;
use ssvae_core::dataset::Dataset;
use ssvae_core::model::config::Architecture;
use ssvae_core::training::backend::{BackendError, Device};
use ssvae_core::training::engine::Engine;
use ssvae_core::training::heartbeat::Heartbeat;

use crate::engine::GpuEngine;

/// A real GPU.
#[derive(Debug)]
struct Gpu {
    adapter: String,
    device: WgpuDevice,
}

impl Device for Gpu {
    fn adapter(&self) -> &str {
        &self.adapter
    }

    fn engine(
        &self,
        architecture: Architecture,
        checkpoint: &Checkpoint,
        dataset: Arc<Dataset>,
        heartbeat: Heartbeat,
    ) -> Box<dyn Engine> {
        Box::new(GpuEngine::<Autodiff<Wgpu>>::new(
            architecture,
            checkpoint,
            dataset,
            self.device.clone(),
            heartbeat,
        ))
    }
}

/// The best GPU of this machine. A software adapter counts as none.
///
/// # Errors
/// If there is none; the error names what was found.
pub fn find() -> Result<Arc<dyn Device>, BackendError> {
    let adapters = adapters();
    let real = adapters.iter().find_map(|info| {
        let device = match info.device_type {
            wgpu::DeviceType::DiscreteGpu => WgpuDevice::DiscreteGpu(0),
            wgpu::DeviceType::IntegratedGpu => WgpuDevice::IntegratedGpu(0),
            wgpu::DeviceType::VirtualGpu => WgpuDevice::VirtualGpu(0),
            wgpu::DeviceType::Cpu | wgpu::DeviceType::Other => return None,
        };
        let adapter = info.name.clone();
        Some(Arc::new(Gpu { adapter, device }) as Arc<dyn Device>)
    });
    real.ok_or_else(|| {
        let names: Vec<String> = adapters
            .iter()
            .map(|info| format!("{} is software", info.name))
            .collect();
        let found = if names.is_empty() {
            "no Vulkan, Metal or DX12 adapter".into()
        } else {
            names.join(", ")
        };
        BackendError::NoGpu { found }
    })
}

/// The software adapter, which [`find`] passes over: right, and slow.
pub fn software() -> Arc<dyn Device> {
    Arc::new(Gpu {
        adapter: "software".into(),
        device: WgpuDevice::Cpu,
    })
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
