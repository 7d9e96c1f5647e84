//! A buffer on the GPU that is made when it is needed and made anew when it is too small.

use bevy::render::render_resource::{Buffer, BufferDescriptor, BufferUsages};
use bevy::render::renderer::{RenderDevice, RenderQueue};
use wgpu::{BindingResource, BufferSize, QueueWriteBufferView, WriteOnly};

/// Where buffers are made, and what fills them.
#[derive(Clone, Copy)]
pub struct Gpu<'a> {
    pub device: &'a RenderDevice,
    pub queue: &'a RenderQueue,
}

/// The words of a buffer on their way to the device, in memory that the device reads: no other copy is made.
pub struct Words(Option<QueueWriteBufferView>);

impl Words {
    /// What they are put in with.
    pub fn writer(&mut self) -> WordWriter<'_> {
        WordWriter(self.0.as_mut().map(|view| view.slice(..)))
    }
}

/// Puts words at their places.
pub struct WordWriter<'a>(Option<WriteOnly<'a, [u8]>>);

impl WordWriter<'_> {
    /// Puts a word at its place.
    pub fn put(&mut self, index: usize, word: [u8; 4]) {
        if let Some(bytes) = &mut self.0 {
            bytes.slice(index * 4..index * 4 + 4).copy_from_slice(&word);
        }
    }
}

/// The buffer, if there is one yet.
#[derive(Default)]
pub struct GrowableBuffer(Option<Buffer>);

impl GrowableBuffer {
    /// Makes the buffer hold these bytes, and no more. Returns whether it is another buffer than before: what was bound
    /// to that one has to be bound anew.
    pub fn fill(&mut self, label: &'static str, bytes: &[u8], gpu: Gpu) -> bool {
        self.fill_with_room(label, bytes, bytes.len(), gpu)
    }

    /// The same with room for `size` bytes.
    pub fn fill_with_room(&mut self, label: &'static str, bytes: &[u8], size: usize, gpu: Gpu) -> bool {
        let anew = self.fit(label, size, gpu);
        self.patch(0, bytes, gpu);
        anew
    }

    /// Makes the buffer hold so many words, which are put into it one by one. Returns them, and whether it is another
    /// buffer than before.
    pub fn words(&mut self, label: &'static str, count: usize, gpu: Gpu) -> (Words, bool) {
        let anew = self.fit(label, count * 4, gpu);
        let size = BufferSize::new(count as u64 * 4);
        let view = self
            .0
            .as_ref()
            .zip(size)
            .and_then(|(buffer, size)| gpu.queue.write_buffer_with(buffer, 0, size));
        (Words(view), anew)
    }

    /// Makes room for exactly `size` bytes. Returns whether it is another buffer than before.
    fn fit(&mut self, label: &'static str, size: usize, gpu: Gpu) -> bool {
        let size = size.max(16) as u64;
        let fits = self.0.as_ref().is_some_and(|buffer| buffer.size() == size);
        if !fits {
            // The old one goes first: both may not fit.
            self.0 = None;
            self.0 = Some(gpu.device.create_buffer(&BufferDescriptor {
                label: Some(label),
                size,
                usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
                mapped_at_creation: false,
            }));
        }
        !fits
    }

    /// Overwrites a few bytes.
    pub fn patch(&self, offset: u64, bytes: &[u8], gpu: Gpu) {
        if let Some(buffer) = &self.0 {
            gpu.queue.write_buffer(buffer, offset, bytes);
        }
    }

    /// Lets the buffer go. Returns whether there was one.
    pub fn clear(&mut self) -> bool {
        self.0.take().is_some()
    }

    /// Room in bytes; 0 without a buffer.
    pub fn size(&self) -> u64 {
        self.0.as_ref().map_or(0, |buffer| buffer.size())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub fn binding(&self) -> Option<BindingResource<'_>> {
        self.0.as_ref().map(|buffer| buffer.as_entire_binding())
    }
}
