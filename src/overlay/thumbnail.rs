//! Images of samples as textures, uploaded when a sample changes and not each frame.

use bevy_egui::egui::{ColorImage, Context, TextureHandle, TextureId, TextureOptions};

/// Which image of a sample a texture holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Original,
    Reconstruction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    serial: u32,
    kind: Kind,
    version: u64,
}

/// The textures used last.
#[derive(Default)]
pub struct Thumbnails {
    /// The one used last is at the end.
    entries: Vec<(Key, TextureHandle)>,
}

impl Thumbnails {
    /// The selected sample's two images, the hovered one's, and some room for moving to and fro.
    const CAPACITY: usize = 16;

    /// Texture of a sample's own image; `shape` is height, width and channels.
    pub fn original(&mut self, ctx: &Context, serial: u32, shape: [usize; 3], pixels: &[u8]) -> TextureId {
        let key = Key {
            serial,
            kind: Kind::Original,
            version: 0,
        };
        self.texture(ctx, key, || image(shape, pixels.iter().copied()))
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
            serial,
            kind: Kind::Reconstruction,
            version,
        };
        self.texture(ctx, key, || {
            image(
                shape,
                pixels
                    .iter()
                    .map(|value| (value.clamp(0.0, 1.0) * 255.0).round() as u8),
            )
        })
    }

    fn texture(&mut self, ctx: &Context, key: Key, image: impl FnOnce() -> ColorImage) -> TextureId {
        let entry = match self.entries.iter().position(|(known, _)| *known == key) {
            Some(position) => self.entries.remove(position),
            None => {
                if self.entries.len() == Self::CAPACITY {
                    drop(self.entries.remove(0));
                }
                (
                    key,
                    ctx.load_texture(format!("{key:?}"), image(), TextureOptions::NEAREST),
                )
            }
        };
        let id = entry.1.id();
        self.entries.push(entry);
        id
    }
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
    use bevy_egui::egui::Color32;

    use super::*;

    #[test]
    fn an_image_is_uploaded_once() {
        let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
        let first = thumbnails.original(&ctx, 7, [2, 2, 1], &[0, 1, 2, 3]);
        assert_eq!(first, thumbnails.original(&ctx, 7, [2, 2, 1], &[0, 1, 2, 3]));
        assert_ne!(first, thumbnails.reconstruction(&ctx, 7, 1, [2, 2, 1], &[0.0; 4]));
        assert_ne!(
            thumbnails.reconstruction(&ctx, 7, 1, [2, 2, 1], &[0.0; 4]),
            thumbnails.reconstruction(&ctx, 7, 2, [2, 2, 1], &[0.0; 4])
        );
    }

    #[test]
    fn the_cache_stays_small() {
        let (ctx, mut thumbnails) = (Context::default(), Thumbnails::default());
        for serial in 0..100 {
            thumbnails.original(&ctx, serial, [1, 1, 1], &[0]);
        }
        assert_eq!(thumbnails.entries.len(), Thumbnails::CAPACITY);
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
