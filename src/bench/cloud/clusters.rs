//! Synthetic latents: ten normal clusters of different widths that overlap at their edges, as a trained model's do.

use bevy::math::Vec3;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::cloud::Placement;

const CLASSES: u8 = 10;

/// `count` points of the plane (of space, with `deep`) in the random order of a real data set; always the same ones.
pub fn clusters(count: usize, deep: bool) -> Placement {
    let mut rng = ChaCha8Rng::seed_from_u64(count as u64);
    let mut placement = Placement::default();
    for _ in 0..count {
        let class = rng.random_range(0..CLASSES);
        let angle = f32::from(class) * 2.4;
        let ring = 2.0 + 1.2 * f32::from(class % 3);
        let width = 0.35 + 0.09 * f32::from(class % 4);
        let mut normal = || -> f32 { StandardNormal.sample(&mut rng) };
        let (x, y, z) = (normal(), normal(), normal());
        let middle = Vec3::new(ring * angle.cos(), ring * angle.sin(), 0.4 * f32::from(class % 5));
        let depth = if deep { middle.z + z * width } else { 0.0 };
        placement
            .positions
            .push(Vec3::new(middle.x + x * width * 1.4, middle.y + y * width, depth));
        placement.classes.push(class);
        // The farther from the middle, the less sure.
        placement.certainty.push((-(x * x + y * y) / 8.0).exp());
    }
    placement
}

/// Labels for a few of so many samples: every one in `step`, a tenth of them wrong.
pub fn labels(classes: &[u8], step: usize) -> Vec<Option<u8>> {
    let label = |(serial, &class): (usize, &u8)| {
        let wrong = (serial / step).is_multiple_of(10);
        serial
            .is_multiple_of(step)
            .then_some(if wrong { (class + 1) % CLASSES } else { class })
    };
    classes.iter().enumerate().map(label).collect()
}
