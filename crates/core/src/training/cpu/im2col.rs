//! Convolutions as products of matrices: what a 3×3 window sees is gathered into a row (im2col, Chellapilla et al. 2006),
//! and scattered back. Images have their channels last, as in Flax.

use crate::model::layers::{SIDE, Window};

impl Window {
    /// What the window sees at one position, `[SIDE, SIDE, channels]`.
    pub(crate) fn seen(&self) -> usize {
        SIDE * SIDE * self.channels
    }

    /// `images`: `[n, height, width, channels]` → `seen`: `[n, positions, SIDE, SIDE, channels]`, 0 beyond the border.
    pub(crate) fn gather(&self, images: &[f32], seen: &mut Vec<f32>) {
        let samples = images.len() / self.image_len();
        seen.resize(samples * self.positions() * self.seen(), 0.0);
        let per_sample = seen.chunks_exact_mut(self.positions() * self.seen());
        for (image, seen) in images.chunks_exact(self.image_len()).zip(per_sample) {
            self.each_run(|run| {
                let out = &mut seen[run.seen..run.seen + SIDE * self.channels];
                let Some((from, skip, length)) = run.image else {
                    out.fill(0.0);
                    return;
                };
                out[..skip].fill(0.0);
                out[skip..skip + length].copy_from_slice(&image[from..from + length]);
                out[skip + length..].fill(0.0);
            });
        }
    }

    /// The reverse of [`Window::gather`]: adds what each window holds to the pixels that it sees.
    pub(crate) fn scatter(&self, seen: &[f32], images: &mut [f32]) {
        let per_sample = seen.chunks_exact(self.positions() * self.seen());
        for (image, seen) in images.chunks_exact_mut(self.image_len()).zip(per_sample) {
            self.each_run(|run| {
                if let Some((from, skip, length)) = run.image {
                    let held = &seen[run.seen + skip..run.seen + skip + length];
                    for (pixel, held) in image[from..from + length].iter_mut().zip(held) {
                        *pixel += held;
                    }
                }
            });
        }
    }

    /// Every row of the window at every position; a row is one run of numbers in the image too.
    fn each_run(&self, mut visit: impl FnMut(Run)) {
        let [height, width] = self.image;
        let mut seen = 0;
        for row in 0..self.grid[0] {
            for column in 0..self.grid[1] {
                // One more than the pixel at the window's left border, so that it is never below 0.
                let left = column * self.stride + 1 - self.before;
                let (first, last) = (left.max(1), (left + SIDE).min(width + 1));
                for i in 0..SIDE {
                    let below = row * self.stride + i + 1 - self.before;
                    let image = (1..=height).contains(&below).then(|| {
                        let from = ((below - 1) * width + first - 1) * self.channels;
                        (
                            from,
                            (first - left) * self.channels,
                            (last - first) * self.channels,
                        )
                    });
                    visit(Run { seen, image });
                    seen += SIDE * self.channels;
                }
            }
        }
    }
}

struct Run {
    /// Where it begins in what is seen.
    seen: usize,
    /// Where it begins in the image, how many numbers it skips before, and its length there; `None` above and below the
    /// image.
    image: Option<(usize, usize, usize)>,
}
