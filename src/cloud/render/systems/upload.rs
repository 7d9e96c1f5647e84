//! Brings the points' copy on the GPU up to date, while the main world is handed over to the render world: then no frame
//! is being drawn, so that a frame never mixes new positions with an old state of the transition.

use bevy::prelude::*;
use bevy::render::extract_plugin::MainWorld;
use bevy::render::renderer::{RenderDevice, RenderQueue};

use crate::cloud::camera::settings::CloudDimension;
use crate::cloud::data::labelled::{Labelled, Touched};
use crate::cloud::data::sample::Attributes;
use crate::cloud::data::samples::Samples;
use crate::cloud::data::stale::Stale;
use crate::cloud::data::transition::Transition;
use crate::cloud::data::visibility::PointFilter;
use crate::cloud::render::buffers::CloudBuffers;
use crate::cloud::render::encode::attributes;
use crate::cloud::render::growable_buffer::Gpu;
use crate::cloud::render::level_of_detail::{Cost, LevelOfDetail};
use crate::cloud::render::point_flags;
use crate::cloud::render::uniforms::Uniforms;
use crate::cloud::selection::chosen::Chosen;
use crate::cloud::style::palette::{ColorMode, Palette};

pub fn copy(
    mut main: ResMut<MainWorld>,
    mut buffers: ResMut<CloudBuffers>,
    cost: Res<Cost>,
    device: Res<RenderDevice>,
    queue: Res<RenderQueue>,
) {
    let (main, buffers) = (&mut **main, &mut *buffers);
    let gpu = Gpu {
        device: &device,
        queue: &queue,
    };
    let samples = main.resource::<Samples>().len();
    if samples == 0 {
        buffers.count = 0;
        buffers.labelled_count = 0;
        return;
    }
    let dimension = *main.resource::<CloudDimension>();
    let count = samples.min(most_points(&device));
    if count < samples && buffers.count as usize != count {
        warn!("this graphics device can show {count} of {samples} points");
    }
    let fresh = buffers.positions.is_empty() || buffers.count as usize != count;
    let turned = buffers.uniforms.get().is_deep() != (dimension == CloudDimension::Three);
    let stale = std::mem::take(&mut *main.resource_mut::<Stale>());
    if fresh || stale.positions || turned {
        let anew = buffers.positions.copy(main, count, dimension.axes(), gpu);
        buffers.bind_anew(anew);
        buffers.revision += 1;
    } else if !main.resource::<Transition>().has_departures() {
        let anew = buffers.positions.rest();
        buffers.bind_anew(anew);
    }
    let suggestions_show =
        main.resource::<ColorMode>().shows_suggestions() || !main.resource::<PointFilter>().0.is_open();
    let attributes_stale = fresh || stale.attributes || stale.suggestions && suggestions_show;
    if attributes_stale || stale.suggestions {
        buffers.revision += u64::from(attributes_stale);
        // The first words of all points, then the second ones.
        let (mut words, anew) = buffers.attributes.words("attributes", count * 2, gpu);
        let mut writer = words.writer();
        attributes(main, count, |serial, [first, second]| {
            writer.put(serial, first);
            writer.put(count + serial, second);
        });
        drop(words);
        buffers.bind_anew(anew);
    } else {
        for serial in stale.points {
            copy_attribute(main, buffers, serial, gpu);
        }
    }
    copy_labelled(main, buffers, gpu);
    copy_flags(main, buffers, (count, attributes_stale), gpu);
    copy_palette(main, buffers, gpu);
    buffers.count = count as u32;
    let stride = if main.resource::<LevelOfDetail>().reduced {
        cost.stride(buffers.count)
    } else {
        1
    };
    let uniforms = Uniforms::of(main, buffers.count, stride);
    let first = buffers.uniforms.buffer().is_none();
    if first || *buffers.uniforms.get() != uniforms {
        buffers.uniforms.set(uniforms);
        buffers.uniforms.write_buffer(&device, &queue);
        buffers.bind_anew(first);
    }
}

/// How many points fit into one storage binding.
fn most_points(device: &RenderDevice) -> usize {
    let limits = device.limits();
    let bytes = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    // Half of all serials, because the shaders keep a bit for themselves.
    (bytes / 8).min(u64::from(u32::MAX / 2)) as usize
}

/// The word of a point's attributes that a label changes: four bytes.
fn copy_attribute(main: &World, buffers: &mut CloudBuffers, serial: u32, gpu: Gpu) {
    let entity = main.resource::<Samples>().entity(serial);
    let attributes = entity.and_then(|entity| main.get::<Attributes>(entity));
    if let Some(attributes) = attributes
        && serial < buffers.count
    {
        let [bytes, _] = attributes.words();
        buffers.attributes.patch(u64::from(serial) * 4, &bytes, gpu);
        // A point that carries a label covers its plain self, be it chosen; one that has lost its label is plain again.
        let plain = attributes.user.get().is_none() || buffers.uniforms.get().labels_are_plain();
        buffers.revision += u64::from(plain || !buffers.filter.is_open());
        if !buffers.filter.is_open() && !buffers.flags.is_empty() {
            let (offset, word) = point_flags::around(main, serial);
            buffers.flags.patch(offset, &word, gpu);
        }
    }
}

fn copy_labelled(main: &mut World, buffers: &mut CloudBuffers, gpu: Gpu) {
    // Without marking it as changed: this is the copy, not a change.
    let mut labelled = main.resource_mut::<Labelled>();
    let touched = labelled.bypass_change_detection().take_touched();
    let order = labelled.order();
    buffers.labelled_count = order.len() as u32;
    match touched {
        Touched::Slots(slots) if buffers.labelled.size() >= order.len().max(1) as u64 * 4 => {
            for slot in slots {
                if let Some(serial) = order.get(slot as usize) {
                    let bytes = serial.to_le_bytes();
                    buffers.labelled.patch(u64::from(slot) * 4, &bytes, gpu);
                }
            }
        }
        _ => {
            // Room to grow, so that labelling makes a new buffer only now and then.
            let size = order.len().next_power_of_two().max(1024) * 4;
            let bytes = serials(order);
            let anew = buffers.labelled.fill_with_room("labelled", &bytes, size, gpu);
            buffers.bind_anew(anew);
        }
    }
}

fn serials(serials: &[u32]) -> Vec<u8> {
    serials.iter().flat_map(|serial| serial.to_le_bytes()).collect()
}

fn copy_flags(main: &mut World, buffers: &mut CloudBuffers, (count, stale): (usize, bool), gpu: Gpu) {
    let revision = (main.resource::<Chosen>().revision(), count);
    let filter = &main.resource::<PointFilter>().0;
    let same = buffers.filter == *filter && (!stale || filter.is_open());
    if buffers.chosen_revision == Some(revision) && same {
        return;
    }
    buffers.filter = filter.clone();
    let anew = buffers.flags.fill("flags", &point_flags::all(main, count), gpu);
    buffers.bind_anew(anew);
    buffers.chosen_revision = Some(revision);
    buffers.revision += 1;
}

fn copy_palette(main: &World, buffers: &mut CloudBuffers, gpu: Gpu) {
    let palette = main.resource::<Palette>();
    if buffers.colors.as_ref() != Some(palette) {
        let table = palette.table();
        let numbers = table.iter().flat_map(Vec4::to_array);
        let bytes: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
        let anew = buffers.palette.fill("palette", &bytes, gpu);
        buffers.bind_anew(anew);
        buffers.colors = Some(palette.clone());
        buffers.revision += 1;
    }
}
