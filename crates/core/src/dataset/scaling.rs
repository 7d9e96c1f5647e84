//! Pixel scaling: `x / 255`, then scikit-learn's `MinMaxScaler` per pixel, in `f32` and in its order of operations.

use pulp::Arch;

/// A per-pixel affine map from `u8` pixels to the model's input: `(x / 255) * scale + offset`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    scale: Vec<f32>,
    offset: Vec<f32>,
}

impl Scaling {
    /// Fits minimum and maximum of each pixel over `images`, `[n, pixels]` row-major. A constant pixel keeps its
    /// range (it divides by 1).
    pub(super) fn fit(images: &[u8], pixels: usize) -> Self {
        let mut low = vec![u8::MAX; pixels];
        let mut high = vec![u8::MIN; pixels];
        for image in images.chunks_exact(pixels) {
            for ((low, high), &x) in low.iter_mut().zip(&mut high).zip(image) {
                *low = (*low).min(x);
                *high = (*high).max(x);
            }
        }
        let (scale, offset) = low
            .iter()
            .zip(&high)
            .map(|(&low, &high)| affine(low, high))
            .unzip();
        Self { scale, offset }
    }

    /// `x / 255` and no more.
    pub(super) fn unit(pixels: usize) -> Self {
        Self {
            scale: vec![1.0; pixels],
            offset: vec![0.0; pixels],
        }
    }

    /// Factor of each pixel after the division by 255, `[pixels]`.
    pub fn scale(&self) -> &[f32] {
        &self.scale
    }

    /// What is added to each pixel after the factor, `[pixels]`.
    pub fn offset(&self) -> &[f32] {
        &self.offset
    }

    /// Takes values in the model's scale, `[pixels]`, back to grey values in 0..=1, in place.
    pub(crate) fn invert(&self, values: &mut [f32]) {
        for ((value, scale), offset) in values.iter_mut().zip(&self.scale).zip(&self.offset) {
            *value = ((*value - offset) / scale).clamp(0.0, 1.0);
        }
    }

    /// Appends one scaled image to `out`.
    pub(super) fn extend(&self, image: &[u8], out: &mut Vec<f32>) {
        let start = out.len();
        out.resize(start + image.len(), 0.0);
        let Some(out) = out.get_mut(start..) else {
            return;
        };
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for (((out, &x), scale), offset) in
                    out.iter_mut().zip(image).zip(&self.scale).zip(&self.offset)
                {
                    *out = f32::from(x) / 255.0 * scale + offset;
                }
            },
        );
    }
}

fn affine(low: u8, high: u8) -> (f32, f32) {
    if high <= low {
        // scikit-learn sends a constant pixel to 0: it subtracts the minimum and divides by 1.
        return (1.0, -f32::from(low.min(high)) / 255.0);
    }
    let (low, high) = (f32::from(low) / 255.0, f32::from(high) / 255.0);
    let scale = 1.0 / (high - low);
    (scale, -low * scale)
}
