//! Images of samples as textures, uploaded when a sample changes and not each frame.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use egui::{Color32, ColorImage, Context, TextureHandle, TextureId, TextureOptions};

use crate::ui::sample_view::ImageView;

/// Which image of a sample a texture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Original,
    Reconstruction,
    Strip,
    /// Of images of the test split, which have serials of their own.
    TestStrip,
    Probe,
}

/// Images with a longer side are scaled down where many of them share a texture.
const STRIP_SIDE: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    /// Serial of the sample, of the first one of a strip, or place in the answer to a probe.
    index: u32,
    kind: Kind,
    version: u64,
}

/// The textures used last.
#[derive(Default)]
pub struct Thumbnails {
    /// Each with the time of its last use.
    entries: HashMap<Key, (TextureHandle, u64)>,
    uses: u64,
}

impl Thumbnails {
    /// The images of a full screen, and room for scrolling back and forth.
    const CAPACITY: usize = 1024;
    /// Textures that are dropped when there is no room for another.
    const BATCH: usize = 128;

    /// Texture of a sample's own image.
    pub fn original(&mut self, ctx: &Context, serial: u32, original: ImageView) -> TextureId {
        let key = Key {
            index: serial,
            kind: Kind::Original,
            version: 0,
        };
        self.texture(ctx, key, || {
            image(original.shape, original.pixels.iter().copied())
        })
    }

    /// Texture of a sample's reconstruction by the model of `version`; `shape` is height, width and channels.
    pub fn reconstruction(
        &mut self,
        ctx: &Context,
        serial: u32,
        version: u64,
        shape: [usize; 3],
        pixels: &[f32],
    ) -> TextureId {
        let key = Key {
            index: serial,
            kind: Kind::Reconstruction,
            version,
        };
        self.texture(ctx, key, || decoded(shape, pixels))
    }

    /// Texture of the image at `index` of the answer to a probe with the number `version`.
    pub fn probe(
        &mut self,
        ctx: &Context,
        (index, version): (u32, u64),
        shape: [usize; 3],
        pixels: &[f32],
    ) -> TextureId {
        let key = Key {
            index,
            kind: Kind::Probe,
            version,
        };
        self.texture(ctx, key, || decoded(shape, pixels))
    }

    /// Texture of the images of these samples in a row, each as wide as all others.
    pub fn strip<'a>(
        &mut self,
        ctx: &Context,
        serials: &[u32],
        lookup: &dyn Fn(u32) -> Option<ImageView<'a>>,
    ) -> TextureId {
        self.row(ctx, Kind::Strip, serials, lookup)
    }

    /// The same for images of the test split.
    pub fn test_strip<'a>(
        &mut self,
        ctx: &Context,
        serials: &[u32],
        lookup: &dyn Fn(u32) -> Option<ImageView<'a>>,
    ) -> TextureId {
        self.row(ctx, Kind::TestStrip, serials, lookup)
    }

    fn row<'a>(
        &mut self,
        ctx: &Context,
        kind: Kind,
        serials: &[u32],
        lookup: &dyn Fn(u32) -> Option<ImageView<'a>>,
    ) -> TextureId {
        let mut hasher = DefaultHasher::new();
        serials.hash(&mut hasher);
        let key = Key {
            index: serials.first().copied().unwrap_or(0),
            kind,
            version: hasher.finish(),
        };
        self.texture(ctx, key, || strip(serials, lookup))
    }

    fn texture(&mut self, ctx: &Context, key: Key, image: impl FnOnce() -> ColorImage) -> TextureId {
        self.uses += 1;
        let uses = self.uses;
        if self.entries.len() >= Self::CAPACITY && !self.entries.contains_key(&key) {
            self.make_room();
        }
        let entry = self.entries.entry(key).or_insert_with(|| {
            let texture = ctx.load_texture(format!("{key:?}"), image(), TextureOptions::NEAREST);
            (texture, uses)
        });
        entry.1 = uses;
        entry.0.id()
    }

    fn make_room(&mut self) {
        let mut times: Vec<u64> = self.entries.values().map(|entry| entry.1).collect();
        let (_, &mut newest, _) = times.select_nth_unstable(Self::BATCH);
        self.entries.retain(|_, entry| entry.1 >= newest);
    }
}

fn strip<'a>(serials: &[u32], lookup: &dyn Fn(u32) -> Option<ImageView<'a>>) -> ColorImage {
    let images: Vec<Option<ImageView>> = serials.iter().map(|&serial| lookup(serial)).collect();
    let [height, width, channels] = images
        .iter()
        .flatten()
        .next()
        .map_or([1, 1, 1], |image| image.shape);
    let scale = height.max(width).div_ceil(STRIP_SIDE).max(1);
    let (rows, columns) = (height.div_ceil(scale), width.div_ceil(scale));
    let mut pixels = vec![Color32::BLACK; rows * columns * images.len()];
    for (place, image) in images.iter().enumerate() {
        let Some(image) = image else { continue };
        for row in 0..rows {
            for column in 0..columns {
                let from = (row * scale * width + column * scale) * channels;
                let color = match image.pixels.get(from..from + channels) {
                    Some(&[grey]) => Color32::from_gray(grey),
                    Some(&[red, green, blue]) => Color32::from_rgb(red, green, blue),
                    _ => continue,
                };
                pixels[row * columns * images.len() + place * columns + column] = color;
            }
        }
    }
    ColorImage::new([columns * images.len(), rows], pixels)
}

/// An image of values in 0..=1.
fn decoded(shape: [usize; 3], pixels: &[f32]) -> ColorImage {
    let bytes = pixels
        .iter()
        .map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8);
    image(shape, bytes)
}

/// A grey or RGB image; what `pixels` lacks is black, so that a wrong length cannot bring the window down.
fn image([height, width, channels]: [usize; 3], pixels: impl Iterator<Item = u8>) -> ColorImage {
    let size = height * width * channels;
    let values: Vec<u8> = pixels.chain(std::iter::repeat(0)).take(size).collect();
    if channels == 3 {
        ColorImage::from_rgb([width, height], &values)
    } else {
        ColorImage::from_gray([width, height], &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_uploaded_once() {
        let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
        let original = ImageView {
            shape: [2, 2, 1],
            pixels: &[0, 1, 2, 3],
        };
        let first = thumbnails.original(&ctx, 7, original);
        assert_eq!(first, thumbnails.original(&ctx, 7, original));
        assert_ne!(first, thumbnails.reconstruction(&ctx, 7, 1, [2, 2, 1], &[0.0; 4]));
        assert_ne!(
            thumbnails.reconstruction(&ctx, 7, 1, [2, 2, 1], &[0.0; 4]),
            thumbnails.reconstruction(&ctx, 7, 2, [2, 2, 1], &[0.0; 4])
        );
    }

    #[test]
    fn decoded_images_of_probes_are_no_samples() {
        let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
        let probed = thumbnails.probe(&ctx, (0, 1), [2, 2, 1], &[0.0; 4]);
        assert_eq!(probed, thumbnails.probe(&ctx, (0, 1), [2, 2, 1], &[0.0; 4]));
        for serial in [0, u32::MAX] {
            let sample = thumbnails.reconstruction(&ctx, serial, 1, [2, 2, 1], &[0.0; 4]);
            assert_ne!(probed, sample);
        }
    }

    #[test]
    fn the_cache_stays_small() {
        let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
        let original = ImageView {
            shape: [1, 1, 1],
            pixels: &[0],
        };
        let first = thumbnails.original(&ctx, 0, original);
        for serial in 1..3000 {
            thumbnails.original(&ctx, serial, original);
            assert_eq!(first, thumbnails.original(&ctx, 0, original), "it is in use");
        }
        assert!(thumbnails.entries.len() <= Thumbnails::CAPACITY);
    }

    #[test]
    fn a_wrong_length_is_padded() {
        assert_eq!(image([2, 3, 1], [9_u8; 4].into_iter()).size, [3, 2]);
        let colored = image([1, 2, 3], [1_u8, 2, 3, 4].into_iter());
        assert_eq!(
            colored.pixels,
            [Color32::from_rgb(1, 2, 3), Color32::from_rgb(4, 0, 0)]
        );
    }
}
