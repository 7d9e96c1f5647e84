use super::*;
use rand::{RngExt, SeedableRng};

/// Samples with spread 5, 2, 1 and 0.1 along the axes of a turned basis of four dimensions.
fn stretched(count: usize, seed: u64) -> Vec<f32> {
    const BASIS: [[f32; 4]; 4] = [
        [0.5, 0.5, 0.5, 0.5],
        [0.5, -0.5, 0.5, -0.5],
        [0.5, 0.5, -0.5, -0.5],
        [0.5, -0.5, -0.5, 0.5],
    ];
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    (0..count)
        .flat_map(|_| {
            let along = [5.0, 2.0, 1.0, 0.1].map(|spread: f32| rng.random_range(-spread..spread));
            let at = |i: usize| 10.0 + (0..4).map(|k| BASIS[k][i] * along[k]).sum::<f32>();
            [at(0), at(1), at(2), at(3)]
        })
        .collect()
}

fn spread(positions: &[Vec3], axis: usize) -> f32 {
    (positions.iter().map(|p| p[axis] * p[axis]).sum::<f32>() / positions.len() as f32).sqrt()
}

fn distance(a: &[Vec3], b: &[Vec3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a.distance(*b)).fold(0.0, f32::max)
}

#[test]
fn few_dimensions_are_shown_as_they_are() {
    assert_eq!(project(&[1.0, 2.0, 3.0], 1, 2, None)[2], Vec3::new(3.0, 0.0, 0.0));
    let previous = [Vec3::new(-2.0, 1.0, 0.0), Vec3::X];
    let plane = project(&[1.0, 2.0, 3.0, 4.0], 2, 2, Some(&previous));
    assert_eq!(plane, [Vec3::new(1.0, 2.0, 0.0), Vec3::new(3.0, 4.0, 0.0)]);
    assert_eq!(project(&[1.0, 2.0, 3.0, 4.0], 2, 3, None), plane);
    assert_eq!(project(&[1.0, 2.0, 3.0], 3, 3, None), [Vec3::new(1.0, 2.0, 3.0)]);
    assert!(project(&[], 2, 2, None).is_empty() && project(&[1.0], 0, 2, None).is_empty());
}

#[test]
fn many_dimensions_show_their_leading_components() {
    let latents = stretched(20_000, 1);
    let positions = project(&latents, 4, 3, None);
    for (axis, extent) in [5.0, 2.0, 1.0].into_iter().enumerate() {
        let expected = extent / 3.0_f32.sqrt();
        assert!((spread(&positions, axis) - expected).abs() < 0.03 * expected);
    }
    let flat = project(&latents, 4, 2, None);
    assert!(
        flat.iter()
            .zip(&positions)
            .all(|(a, b)| a.truncate() == b.truncate() && a.z == 0.0)
    );
    assert_eq!(flat, project(&latents, 4, 2, None));
}

#[test]
fn a_row_that_is_not_finite_hides_alone() {
    let mut latents = stretched(1000, 2);
    let clean = project(&latents[4..], 4, 2, None);
    latents[1] = f32::NAN;
    let positions = project(&latents, 4, 2, None);
    assert!(positions[0].is_nan());
    assert!(distance(&positions[1..], &clean) < 1e-4);
}

#[test]
fn the_next_version_neither_flips_nor_spins() {
    let latents = stretched(5000, 3);
    for axes in [2, 3] {
        let first = project(&latents, 4, axes, None);
        // However the previous version lay, the next one of the same latents lies like it.
        let turned: Vec<Vec3> = first
            .iter()
            .map(|p| {
                let (sin, cos) = 2.1_f32.sin_cos();
                Vec3::new(sin * p.y + cos * p.x, sin * p.x - cos * p.y, p.z) + Vec3::X
            })
            .collect();
        let aligned = project(&latents, 4, axes, Some(&turned));
        let back: Vec<Vec3> = turned.iter().map(|p| *p - Vec3::X).collect();
        assert!(
            distance(&aligned, &back) < 1e-3,
            "{axes}: {}",
            distance(&aligned, &back)
        );
        // Latents whose signs all changed lie as before, too.
        let negated: Vec<f32> = latents.iter().map(|x| -x).collect();
        assert!(distance(&project(&negated, 4, axes, Some(&first)), &first) < 1e-3);
    }
}

#[test]
fn a_degenerate_previous_version_still_gives_a_rotation() {
    let latents = stretched(500, 4);
    let free = project(&latents, 4, 3, None);
    for previous in [
        vec![Vec3::ZERO; 500],
        vec![Vec3::NAN; 500],
        free.iter().map(|p| Vec3::X * p.x).collect(),
    ] {
        let aligned = project(&latents, 4, 3, Some(&previous));
        let longest = aligned
            .iter()
            .zip(&free)
            .map(|(a, b)| (a.length() - b.length()).abs())
            .fold(0.0, f32::max);
        assert!(longest < 1e-3);
    }
    assert_eq!(project(&latents, 4, 3, Some(&[])), free);
}
