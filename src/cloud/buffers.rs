//! The points' copy on the GPU. It is brought up to date while the main world is handed over to the render world:
//! then no frame is being drawn, so that a frame never mixes new positions with an old state of their motion.

use bevy::prelude::*;
use bevy::render::extract_plugin::MainWorld;
use bevy::render::render_resource::*;
use bevy::render::renderer::{RenderDevice, RenderQueue};
use bevy::render::{ExtractSchedule, GpuResourceAppExt, Render, RenderApp, RenderSystems};

use super::camera::CloudDimension;
use super::chosen::Chosen;
use super::encode::{attributes, departures, targets};
use super::ingest::{Samples, Stale};
use super::labelled::{Labelled, Touched};
use super::palette::Palette;
use super::pipeline::PointPipeline;
use super::sample::{Prediction, TrueLabel, UserLabel, attribute_bytes};
use super::uniforms::Uniforms;

/// Copies what changed. Needs the render app.
pub struct BuffersPlugin;

impl Plugin for BuffersPlugin {
    fn build(&self, app: &mut App) {
        let Some(render_app) = app.get_sub_app_mut(RenderApp) else {
            return;
        };
        render_app
            // Anew with every render device, should one be lost.
            .init_gpu_resource::<CloudBuffers>()
            .add_systems(ExtractSchedule, copy)
            .add_systems(Render, bind.in_set(RenderSystems::PrepareBindGroups));
    }
}

/// Buffers, and what they hold.
#[derive(Resource, Default)]
pub struct CloudBuffers {
    departures: Option<Buffer>,
    targets: Option<Buffer>,
    attributes: Option<Buffer>,
    labelled: Option<Buffer>,
    chosen: Option<Buffer>,
    palette: Option<Buffer>,
    uniforms: StorageBuffer<Uniforms>,
    bind_group: Option<BindGroup>,
    count: u32,
    labelled_count: u32,
    chosen_count: u32,
    /// Of the chosen points that the buffer holds; `None`: of none yet.
    chosen_revision: Option<u64>,
    colors: Option<Palette>,
    revision: u64,
}

impl CloudBuffers {
    /// Everything the shader reads, once there are points.
    pub fn bind_group(&self) -> Option<&BindGroup> {
        self.bind_group.as_ref()
    }

    /// Number of points.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Number of labelled points.
    pub fn labelled_count(&self) -> u32 {
        self.labelled_count
    }

    /// Number of chosen points.
    pub fn chosen_count(&self) -> u32 {
        self.chosen_count
    }

    /// Rises with every change of what plain and chosen points look like, but for the uniforms.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The uniforms as far as plain and chosen points depend on them.
    pub fn plain_uniforms(&self) -> Uniforms {
        self.uniforms.get().plain()
    }

    /// Whether nearer points hide farther ones.
    pub fn by_depth(&self) -> bool {
        self.uniforms.get().axes() == 3
    }
}

fn copy(
    mut main: ResMut<MainWorld>,
    mut buffers: ResMut<CloudBuffers>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let (main, buffers) = (&mut **main, &mut *buffers);
    let samples = main.resource::<Samples>().len();
    if samples == 0 {
        buffers.count = 0;
        buffers.labelled_count = 0;
        return;
    }
    let axes = main.resource::<CloudDimension>().axes();
    let count = samples.min(most_points(&device, axes));
    if count < samples && buffers.count as usize != count {
        warn!("this graphics device can show {count} of {samples} points");
    }
    let fresh = buffers.targets.is_none() || buffers.count as usize != count;
    let stale = std::mem::take(&mut *main.resource_mut::<Stale>());
    if fresh || stale.positions || buffers.uniforms.get().axes() as usize != axes {
        copy_positions(main, buffers, (count, axes), &device, &queue);
        buffers.revision += 1;
    }
    if fresh || stale.attributes {
        buffers.revision += 1;
        let bytes = attributes(main, count);
        let slot = &mut buffers.attributes;
        write(
            slot,
            &mut buffers.bind_group,
            "attributes",
            (bytes.len(), &bytes),
            &device,
            &queue,
        );
    } else {
        for serial in stale.points {
            copy_attribute(main, buffers, serial, &queue);
        }
    }
    copy_labelled(main, buffers, &device, &queue);
    copy_chosen(main, buffers, count, (&device, &queue));
    copy_palette(main, buffers, &device, &queue);
    buffers.count = count as u32;
    let uniforms = Uniforms::of(main, axes as u32, count as u32);
    if buffers.uniforms.buffer().is_none() || *buffers.uniforms.get() != uniforms {
        buffers.uniforms.set(uniforms);
        buffers.uniforms.write_buffer(&device, &queue);
    }
}

/// How many points fit into one storage binding.
fn most_points(device: &RenderDevice, axes: usize) -> usize {
    let limits = device.limits();
    let bytes = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    (bytes / (4 * axes as u64)).min(u64::from(u32::MAX / 3)) as usize
}

/// Writes a buffer, made anew if there is none of that size. Making one leaves the bind group behind.
fn write(
    slot: &mut Option<Buffer>,
    bind_group: &mut Option<BindGroup>,
    label: &'static str,
    (size, bytes): (usize, &[u8]),
    device: &RenderDevice,
    queue: &RenderQueue,
) {
    let size = size.max(16) as u64;
    let buffer = match slot {
        Some(buffer) if buffer.size() == size => buffer,
        _ => {
            *bind_group = None;
            slot.insert(device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size,
                usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }))
        }
    };
    queue.write_buffer(buffer, 0, bytes);
}

fn copy_positions(
    main: &mut World,
    buffers: &mut CloudBuffers,
    (count, axes): (usize, usize),
    device: &RenderDevice,
    queue: &RenderQueue,
) {
    let bind_group = &mut buffers.bind_group;
    // One after the other, because each takes as much memory as its buffer.
    let bytes = departures(main, count, axes);
    write(
        &mut buffers.departures,
        bind_group,
        "departures",
        (bytes.len(), &bytes),
        device,
        queue,
    );
    drop(bytes);
    let bytes = targets(main, count, axes);
    write(
        &mut buffers.targets,
        bind_group,
        "targets",
        (bytes.len(), &bytes),
        device,
        queue,
    );
}

/// One point's attributes: four bytes.
fn copy_attribute(main: &World, buffers: &mut CloudBuffers, serial: u32, queue: &RenderQueue) {
    let point = main
        .resource::<Samples>()
        .entity(serial)
        .map(|entity| main.entity(entity));
    let (Some(point), Some(buffer)) = (point, &buffers.attributes) else {
        return;
    };
    if let Some((&user, &prediction, &truth)) = point
        .get_components::<(&UserLabel, &Prediction, &TrueLabel)>()
        .ok()
        && serial < buffers.count
    {
        queue.write_buffer(
            buffer,
            u64::from(serial) * 4,
            &attribute_bytes(user, prediction, truth),
        );
        // A point that carries a label covers its plain self. One that has lost its label is plain again, and the ring
        // of a chosen one has another size.
        let chosen = main.resource::<Chosen>().serials().binary_search(&serial).is_ok();
        buffers.revision += u64::from(chosen || user.0.get().is_none());
    }
}

fn copy_labelled(main: &mut World, buffers: &mut CloudBuffers, device: &RenderDevice, queue: &RenderQueue) {
    // Without marking it as changed: this is the copy, not a change.
    let mut labelled = main.resource_mut::<Labelled>();
    let touched = labelled.bypass_change_detection().take_touched();
    let order = labelled.order();
    buffers.labelled_count = order.len() as u32;
    match (&buffers.labelled, touched) {
        (Some(buffer), Touched::Slots(slots)) if buffer.size() >= order.len() as u64 * 4 => {
            for slot in slots {
                if let Some(serial) = order.get(slot as usize) {
                    queue.write_buffer(buffer, u64::from(slot) * 4, &serial.to_le_bytes());
                }
            }
        }
        _ => {
            let bytes: Vec<u8> = order.iter().flat_map(|serial| serial.to_le_bytes()).collect();
            // Room to grow, so that labelling makes a new buffer only now and then.
            let size = order.len().next_power_of_two().max(1024) * 4;
            write(
                &mut buffers.labelled,
                &mut buffers.bind_group,
                "labelled",
                (size, &bytes),
                device,
                queue,
            );
        }
    }
}

fn copy_chosen(
    main: &World,
    buffers: &mut CloudBuffers,
    count: usize,
    (device, queue): (&RenderDevice, &RenderQueue),
) {
    let chosen = main.resource::<Chosen>();
    if buffers.chosen_revision == Some(chosen.revision()) {
        return;
    }
    let shown = chosen
        .serials()
        .partition_point(|&serial| (serial as usize) < count);
    let serials = &chosen.serials()[..shown];
    let bytes: Vec<u8> = serials.iter().flat_map(|serial| serial.to_le_bytes()).collect();
    write(
        &mut buffers.chosen,
        &mut buffers.bind_group,
        "chosen",
        (bytes.len(), &bytes),
        device,
        queue,
    );
    buffers.chosen_count = shown as u32;
    buffers.chosen_revision = Some(chosen.revision());
    buffers.revision += 1;
}

fn copy_palette(main: &World, buffers: &mut CloudBuffers, device: &RenderDevice, queue: &RenderQueue) {
    let palette = main.resource::<Palette>();
    if buffers.colors.as_ref() != Some(palette) {
        let bytes: Vec<u8> = palette
            .table()
            .iter()
            .flat_map(Vec4::to_array)
            .flat_map(f32::to_le_bytes)
            .collect();
        write(
            &mut buffers.palette,
            &mut buffers.bind_group,
            "palette",
            (bytes.len(), &bytes),
            device,
            queue,
        );
        buffers.colors = Some(palette.clone());
        buffers.revision += 1;
    }
}

fn bind(
    mut buffers: ResMut<CloudBuffers>,
    pipeline: Res<PointPipeline>,
    cache: Res<PipelineCache>,
    device: Res<RenderDevice>,
) {
    if buffers.bind_group.is_some() {
        return;
    }
    let (
        Some(uniforms),
        Some(departures),
        Some(targets),
        Some(attributes),
        Some(palette),
        Some(labelled),
        Some(chosen),
    ) = (
        buffers.uniforms.binding(),
        &buffers.departures,
        &buffers.targets,
        &buffers.attributes,
        &buffers.palette,
        &buffers.labelled,
        &buffers.chosen,
    )
    else {
        return;
    };
    let bind_group = device.create_bind_group(
        "points",
        &cache.get_bind_group_layout(&pipeline.layout),
        &BindGroupEntries::sequential((
            uniforms,
            departures.as_entire_binding(),
            targets.as_entire_binding(),
            attributes.as_entire_binding(),
            palette.as_entire_binding(),
            labelled.as_entire_binding(),
            chosen.as_entire_binding(),
        )),
    );
    buffers.bind_group = Some(bind_group);
}
