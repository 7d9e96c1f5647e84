//! Where the points are, on the GPU: a buffer per axis, so that one binding holds as many points in three dimensions as in
//! two. A cloud at rest has no departures.

use bevy::prelude::*;
use wgpu::BindingResource;

use super::encode::{departures, targets};
use super::growable_buffer::{Gpu, GrowableBuffer, WordWriter, Words};
use crate::cloud::data::transition::Departures;

/// Targets and departures by axis. A flat cloud leaves the third ones empty.
#[derive(Default)]
pub struct PositionBuffers {
    targets: [GrowableBuffer; 3],
    departures: [GrowableBuffer; 3],
}

impl PositionBuffers {
    /// Copies all of `count` points. Returns whether they have to be bound anew.
    pub fn copy(&mut self, main: &mut World, count: usize, axes: usize, gpu: Gpu) -> bool {
        let (mut words, anew) = stage(&mut self.targets, "targets", (count, axes), gpu);
        let mut writers: Vec<WordWriter> = words.iter_mut().map(Words::writer).collect();
        targets(main, count, |serial, coordinates| {
            put(&mut writers, serial, coordinates);
        });
        let from = &main.resource::<Departures>().0;
        let axes = if from.is_empty() { 0 } else { axes };
        let (mut words, other) = stage(&mut self.departures, "departures", (count, axes), gpu);
        let mut writers: Vec<WordWriter> = words.iter_mut().map(Words::writer).collect();
        departures(from, count, |serial, coordinates| {
            put(&mut writers, serial, coordinates);
        });
        anew | other
    }

    /// Lets the departures go. Returns whether there were any.
    pub fn rest(&mut self) -> bool {
        self.departures
            .iter_mut()
            .fold(false, |any, buffer| buffer.clear() | any)
    }

    /// Bytes on the device.
    pub fn bytes(&self) -> u64 {
        self.targets
            .iter()
            .chain(&self.departures)
            .map(GrowableBuffer::size)
            .sum()
    }

    pub fn is_empty(&self) -> bool {
        self.targets[0].is_empty()
    }

    /// Targets, then departures, as `cloud.wgsl` names them.
    pub fn bindings(&self) -> Option<[BindingResource<'_>; 6]> {
        let [x, y, z] = &self.targets;
        let (x, y) = (x.binding()?, y.binding()?);
        let target = [x.clone(), y, z.binding().unwrap_or(x)];
        // What is not moving comes from where it is, and is not read.
        let mut all = [target.clone(), target].concat();
        for (place, buffer) in all[3..].iter_mut().zip(&self.departures) {
            *place = buffer.binding().unwrap_or(place.clone());
        }
        all.try_into().ok()
    }
}

/// Makes room in the buffers of the first `axes` axes, and lets the others go. Returns the words of each, and whether any
/// buffer has to be bound anew.
fn stage(
    buffers: &mut [GrowableBuffer; 3],
    label: &'static str,
    (count, axes): (usize, usize),
    gpu: Gpu,
) -> (Vec<Words>, bool) {
    let (used, unused) = buffers.split_at_mut(axes);
    let mut anew = unused.iter_mut().fold(false, |any, buffer| buffer.clear() | any);
    let words: Vec<Words> = used
        .iter_mut()
        .map(|buffer| {
            let (words, other) = buffer.words(label, count, gpu);
            anew |= other;
            words
        })
        .collect();
    (words, anew)
}

fn put(writers: &mut [WordWriter], serial: usize, coordinates: [[u8; 4]; 3]) {
    for (writer, coordinate) in writers.iter_mut().zip(coordinates) {
        writer.put(serial, coordinate);
    }
}
