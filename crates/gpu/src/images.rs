//! The images on an accelerator, as they are in the file: a byte per pixel, four of them in an integer, since shaders
//! know no smaller one. Batches are gathered and scaled there.

use std::sync::Arc;

use burn::tensor::backend::Backend;
use burn::tensor::{ElementConversion, Int, Tensor, TensorData};

use ssvae_core::dataset::Dataset;

use ssvae_core::training::shift::shift;

/// Bytes of one tensor. WebGPU promises that 128 MiB can be bound at once.
const CHUNK: usize = 64 << 20;
/// Data sets of more bytes stay in main memory, and their batches are sent as bytes.
const RESIDENT: usize = 1 << 30;

/// All images of a data set, wherever they lie.
pub struct GpuImages<B: Backend> {
    dataset: Arc<Dataset>,
    /// `[rows, words]` each, all of as many rows but the last; none where the images stay in main memory.
    chunks: Vec<Tensor<B, 2, Int>>,
    /// Images of a chunk.
    rows: usize,
    /// `[1, pixels]`
    scale: Tensor<B, 2>,
    offset: Tensor<B, 2>,
    device: B::Device,
}

impl<B: Backend> GpuImages<B> {
    /// Sends all images to the device if they have room there, see [`RESIDENT`].
    pub fn new(dataset: Arc<Dataset>, device: &B::Device) -> Self {
        Self::in_chunks(dataset, device, CHUNK, RESIDENT)
    }

    fn in_chunks(dataset: Arc<Dataset>, device: &B::Device, chunk: usize, resident: usize) -> Self {
        let bytes_per_image = 4 * dataset.pixels().div_ceil(4);
        let rows = (chunk / bytes_per_image).max(1);
        let serials: Vec<u32> = (0..dataset.len() as u32).collect();
        let chunks = if dataset.len() * bytes_per_image > resident {
            Vec::new()
        } else {
            let chunks = serials.chunks(rows);
            chunks.map(|serials| packed(&dataset, serials, device)).collect()
        };
        let row =
            |values: &[f32]| Tensor::from_data(TensorData::new(values.to_vec(), [1, values.len()]), device);
        Self {
            scale: row(dataset.scaling().scale()),
            offset: row(dataset.scaling().offset()),
            device: device.clone(),
            dataset,
            chunks,
            rows,
        }
    }

    /// Scaled images `[serials.len(), pixels]`.
    pub fn batch(&self, serials: &[u32]) -> Tensor<B, 2> {
        let (n, pixels) = (serials.len(), self.dataset.pixels());
        let words = self.words(serials);
        let width = words.dims()[1];
        let bytes = (0..4).map(|byte| {
            let shifted = words.clone().bitwise_right_shift_scalar((8 * byte).elem());
            shifted.bitwise_and_scalar(255.elem())
        });
        let bytes: Tensor<B, 3, Int> = Tensor::stack(bytes.collect(), 2);
        let images = bytes.reshape([n, 4 * width]).slice([0..n, 0..pixels]).float();
        images / 255.0 * self.scale.clone() + self.offset.clone()
    }

    /// The same, each moved by so many rows and columns; they are moved by the CPU.
    pub fn moved(&self, serials: &[u32], shifts: &[[i8; 2]]) -> Tensor<B, 2> {
        let mut images = Vec::new();
        self.dataset.scaled_into(serials, &mut images);
        shift(&mut images, self.dataset.shape(), shifts);
        Tensor::from_data(
            TensorData::new(images, [serials.len(), self.dataset.pixels()]),
            &self.device,
        )
    }

    /// `[serials.len(), words]`
    fn words(&self, serials: &[u32]) -> Tensor<B, 2, Int> {
        if self.chunks.is_empty() {
            return packed(&self.dataset, serials, &self.device);
        }
        let index = |numbers: Vec<i32>| {
            let shape = [numbers.len()];
            Tensor::<B, 1, Int>::from_data(TensorData::new(numbers, shape), &self.device)
        };
        if let [all] = self.chunks.as_slice() {
            return all
                .clone()
                .select(0, index(serials.iter().map(|&s| s as i32).collect()));
        }
        // Chunk by chunk, then back into the order that was asked for.
        let mut places = vec![0; serials.len()];
        let mut parts = Vec::new();
        let mut found = 0;
        for (number, chunk) in self.chunks.iter().enumerate() {
            let mut rows = Vec::new();
            for (place, &serial) in places.iter_mut().zip(serials) {
                if serial as usize / self.rows == number {
                    *place = found;
                    found += 1;
                    rows.push((serial as usize % self.rows) as i32);
                }
            }
            if !rows.is_empty() {
                parts.push(chunk.clone().select(0, index(rows)));
            }
        }
        Tensor::cat(parts, 0).select(0, index(places))
    }
}

/// `[serials.len(), words]`, the first pixel of four in the lowest byte.
fn packed<B: Backend>(dataset: &Dataset, serials: &[u32], device: &B::Device) -> Tensor<B, 2, Int> {
    let words_per_image = dataset.pixels().div_ceil(4);
    let mut words = Vec::with_capacity(serials.len() * words_per_image);
    for &serial in serials {
        let image = dataset.image(serial).unwrap_or_default();
        words.extend(image.chunks(4).map(|pixels| {
            let mut bytes = [0; 4];
            bytes[..pixels.len()].copy_from_slice(pixels);
            i32::from_le_bytes(bytes)
        }));
    }
    let shape = [serials.len(), words_per_image];
    Tensor::from_data(TensorData::new(words, shape), device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::to_cpu;
    use burn_flex::Flex;

    #[test]
    fn a_batch_is_the_same_from_everywhere() {
        // 15 pixels, so that the last integer is not full.
        let images = (0..40 * 15).map(|i| (i * 7919 % 256) as u8).collect();
        let dataset = Arc::new(Dataset::from_images(images, [3, 5, 1], None));
        let serials = [39, 0, 7, 7, 20, 38, 1];
        let mut expected = Vec::new();
        dataset.scaled_into(&serials, &mut expected);
        // All in one tensor, in several, and left in main memory.
        for (chunk, resident) in [(1 << 20, 1 << 20), (100, 1 << 20), (100, 10)] {
            let images = GpuImages::<Flex>::in_chunks(dataset.clone(), &Default::default(), chunk, resident);
            let batch = to_cpu(images.batch(&serials));
            assert_eq!(batch.len(), expected.len());
            let largest = batch.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            assert!(largest.fold(0.0, f32::max) < 1e-6, "chunks of {chunk}");
        }
    }
}
