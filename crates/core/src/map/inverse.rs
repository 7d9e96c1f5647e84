//! From a place of a map back to a latent.

use rayon::prelude::*;

use crate::similarity::squared_distance;

/// Samples whose latents are averaged.
const NEAREST: usize = 5;

/// For each of `places`, the mean of the latents `[n, dim]` (row-major) of the five samples that lie nearest to it in the
/// map `[n]`: `[places, dim]`, row-major. Samples without a finite position or latent do not count; where there are none,
/// the latent is 0.
pub fn latents_near(places: &[[f32; 3]], positions: &[[f32; 3]], latents: &[f32], dim: usize) -> Vec<f32> {
    places
        .par_iter()
        .flat_map_iter(|place| {
            let mut nearest: Vec<(f32, &[f32])> = Vec::with_capacity(NEAREST + 1);
            for (position, latent) in positions.iter().zip(latents.chunks_exact(dim.max(1))) {
                let distance = squared_distance(position, place);
                let farthest = nearest.last().map_or(f32::INFINITY, |last| last.0);
                let counts = nearest.len() < NEAREST || distance < farthest;
                if distance.is_finite() && counts && latent.iter().all(|x| x.is_finite()) {
                    let at = nearest.partition_point(|other| other.0 <= distance);
                    nearest.insert(at, (distance, latent));
                    nearest.truncate(NEAREST);
                }
            }
            let count = nearest.len().max(1) as f32;
            let mean = |axis: usize| nearest.iter().map(|(_, latent)| latent[axis]).sum::<f32>() / count;
            (0..dim).map(mean).collect::<Vec<f32>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_mean_latent_of_the_samples_around_it() {
        let positions: Vec<[f32; 3]> = (0..12)
            .map(|i| [(i / 6) as f32 * 10.0, (i % 6) as f32 * 0.1, 0.0])
            .collect();
        let mut latents: Vec<f32> = (0..12).flat_map(|i| [i as f32, -1.0]).collect();
        let found = latents_near(&[[0.0, 0.0, 0.0], [9.0, 0.5, 0.0]], &positions, &latents, 2);
        assert_eq!(found, [2.0, -1.0, 9.0, -1.0]);
        latents[0] = f32::NAN;
        assert_eq!(latents_near(&[[0.0; 3]], &positions, &latents, 2), [3.0, -1.0]);
        assert_eq!(
            latents_near(&[[0.0; 3]], &[[f32::NAN; 3]], &[1.0, 2.0], 2),
            [0.0, 0.0]
        );
    }
}
