use proptest::prelude::*;

use super::*;

fn job() -> Job {
    Job::new(|| {})
}

/// All others that are finite, the nearest first.
fn by_hand(features: &Features, serial: u32, count: usize) -> Vec<(u32, f32)> {
    let own = features.row(serial as usize);
    let mut all: Vec<(u32, f32)> = (0..features.len() as u32)
        .filter(|&other| other != serial)
        .map(|other| (other, squared_distance(own, features.row(other as usize)).sqrt()))
        .filter(|pair| pair.1.is_finite())
        .collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    all.truncate(count);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn neighbours_are_those_of_a_sorted_list(
        rows in prop::collection::vec([-9_i8..9, -9..9, -9..9], 1..120), count in 0_usize..16, broken in any::<bool>(),
    ) {
        let values: Vec<f32> = rows
            .iter()
            .flatten()
            .map(|&x| if x == 8 && broken { f32::NAN } else { f32::from(x) * 1.7 })
            .collect();
        let features = Features::new(values, 3);
        let found = Neighbours::find(&features, count, &job()).unwrap();
        for serial in 0..rows.len() as u32 {
            let expected = by_hand(&features, serial, count.min(rows.len() - 1));
            // Of equally far ones, of which there are many here, any is as good.
            let distances = |pairs: &[(u32, f32)]| pairs.iter().map(|pair| pair.1).collect::<Vec<_>>();
            let found: Vec<(u32, f32)> = found.of(serial).collect();
            prop_assert_eq!(distances(&found), distances(&expected));
            prop_assert!(found.iter().all(|pair| pair.0 != serial));
            prop_assert!(found.is_sorted_by(|a, b| (a.1, a.0) < (b.1, b.0)));
        }
    }
}

proptest! {
    /// Whatever the scale, the mean and the outliers.
    #[test]
    #[cfg_attr(debug_assertions, ignore = "slow without optimisation; cargo test --release runs it")]
    fn no_neighbour_is_ruled_out(
        rows in prop::collection::vec(prop::collection::vec(-1.0_f32..1.0, 33), 20..90),
        scale in -18_i32..18, mean in -100.0_f32..100.0, outlier in prop::option::of(1.0_f32..1e6),
    ) {
        let mut values: Vec<f32> = rows.concat();
        if let Some(far) = outlier {
            values[7] = far;
        }
        for value in &mut values {
            *value = (*value + mean) * 10_f32.powi(scale);
        }
        let features = Features::new(values, 33);
        let found = Neighbours::find(&features, 5, &job()).unwrap();
        for serial in 0..rows.len() as u32 {
            let found: Vec<f32> = found.of(serial).map(|pair| pair.1).collect();
            let expected: Vec<f32> = by_hand(&features, serial, 5).into_iter().map(|pair| pair.1).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

fn clusters(samples: usize, dim: usize) -> Features {
    let number = |i: usize| {
        (i as u32)
            .wrapping_mul(2_654_435_761)
            .rotate_left(13)
            .wrapping_mul(40_503) as f32
            / u32::MAX as f32
    };
    let values = (0..samples * dim).map(|i| {
        let centre = number(i / dim % 40 * dim + i % dim + 77);
        10.0 * centre + number(i * 3 + 1) + number(i * 7 + 2)
    });
    Features::new(values.collect(), dim)
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn neighbours_over_many_blocks_are_exact() {
    let features = clusters(3000, 12);
    let found = Neighbours::find(&features, 10, &job()).unwrap();
    for serial in (0..3000).step_by(7) {
        assert_eq!(
            found.of(serial).collect::<Vec<_>>(),
            by_hand(&features, serial, 10),
            "{serial}"
        );
    }
    assert_eq!(found.of(3000).count(), 0, "a serial outside the data has none");
}

/// More than are looked at one by one, a few of them wide and most narrow, with samples beyond the range of 8 bits.
#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn neighbours_of_many_dimensions_are_exact() {
    for (dim, wide) in [(300, 300), (300, 20), (64, 5)] {
        let values = clusters(900, dim).values().to_vec();
        let values = values.into_iter().enumerate().map(|(i, value)| {
            let width = if i % dim < wide { 1.0 } else { 0.1 };
            let far = if i / dim % 50 == 0 { 30.0 } else { 1.0 };
            value * width * far
        });
        let features = Features::new(values.collect(), dim);
        let found = Neighbours::find(&features, 10, &job()).unwrap();
        for serial in 0..900 {
            let expected = by_hand(&features, serial, 10);
            assert_eq!(
                found.of(serial).collect::<Vec<_>>(),
                expected,
                "{serial} of {dim}"
            );
        }
    }
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn the_nearest_clusters_have_nearly_all_neighbours() {
    let features = clusters(6000, 12);
    let exact = Neighbours::find(&features, 10, &job()).unwrap();
    let found = Neighbours::search(&features, 10, false, &job()).unwrap();
    let of = |neighbours: &Neighbours, serial| neighbours.of(serial).map(|pair| pair.0).collect::<Vec<u32>>();
    let common: usize = (0..6000)
        .map(|serial| {
            of(&found, serial)
                .iter()
                .filter(|other| of(&exact, serial).contains(other))
                .count()
        })
        .sum();
    assert!(common >= 57_000, "{common} of 60000");
    assert!((0..6000).all(|serial| !of(&found, serial).contains(&serial)));
}

#[test]
fn the_search_can_be_cancelled() {
    let job = job();
    job.cancel();
    for exact in [true, false] {
        assert_eq!(
            Neighbours::search(&clusters(500, 4), 10, exact, &job),
            Err(Cancelled)
        );
    }
}

/// Weights as the formula gives them, both directions, the mean of the two.
fn weight(features: &Features, a: u32, b: u32) -> f32 {
    let one = |from: u32, to: u32| {
        let near = by_hand(features, from, 10);
        let last = near.last().map_or(0.0, |last| last.1);
        near.iter()
            .find(|pair| pair.0 == to)
            .map_or(0.0, |pair| (-4.0 * (pair.1 / last).powi(2)).exp())
    };
    (one(a, b) + one(b, a)) / 2.0
}

#[test]
fn edges_have_the_weights_of_the_formula() {
    let features = clusters(60, 3);
    let graph = Graph::new(60, &Neighbours::find(&features, 15, &job()).unwrap());
    let mut edges = 0;
    for serial in 0..60 {
        let mut degree = 0.0;
        for other in 0..60 {
            let expected = if other == serial {
                0.0
            } else {
                weight(&features, serial, other)
            };
            let found = graph
                .edges(serial)
                .find(|edge| edge.0 == other)
                .map_or(0.0, |edge| edge.1);
            assert!(
                (found - expected).abs() < 1e-6,
                "{serial} {other}: {found} {expected}"
            );
            degree += expected;
            edges += usize::from(expected > 0.0);
        }
        assert!((graph.degrees()[serial as usize] - degree).abs() < 1e-5);
    }
    let found: usize = (0..graph.len() as u32)
        .map(|serial| graph.edges(serial).count())
        .sum();
    assert_eq!(found, edges);
}

#[test]
fn edge_cases_have_a_graph() {
    // Twelve at one place and three others: the nearest ten of each of the twelve are at no distance.
    let mut values = vec![1.0; 12];
    values.extend([5.0, 6.0, f32::NAN]);
    let features = Features::new(values, 1);
    let graph = Graph::new(15, &Neighbours::find(&features, 15, &job()).unwrap());
    assert!((0..12).all(|serial| graph.edges(serial).all(|edge| edge.1.is_finite() && edge.1 > 0.0)));
    assert!(
        graph
            .edges(0)
            .any(|edge| edge.0 != 0 && edge.0 < 12 && edge.1 == 1.0)
    );
    assert_eq!(graph.edges(14).count(), 0, "what is not finite stands alone");
    assert_eq!(graph.component_count(), 2);
    for samples in 0..4 {
        let features = Features::new((0..samples).map(|i| i as f32).collect(), 1);
        let graph = Graph::new(samples, &Neighbours::find(&features, 15, &job()).unwrap());
        assert_eq!((graph.len(), graph.component_count()), (samples, samples.min(1)));
    }
}

#[test]
fn components_are_what_hangs_together() {
    let edges = [(0, 1), (1, 2), (4, 5)];
    let both = edges.into_iter().flat_map(|(a, b)| [(a, b, 1.0), (b, a, 0.5)]);
    let graph = Graph::from_edges(6, both.collect());
    assert_eq!(graph.components(), [0, 0, 0, 1, 2, 2]);
}

/// The vectors of a table with these rows.
fn vectors(rows: &[Vec<f32>]) -> Arc<Vectors> {
    let folder = tempfile::tempdir().unwrap();
    let images = ssvae_test_support::idx(&[rows.len() as u32, 1, 1], &vec![0; rows.len()]);
    std::fs::write(folder.path().join("train-images-idx3-ubyte"), images).unwrap();
    let line = |row: &Vec<f32>| row.iter().map(f32::to_string).collect::<Vec<_>>().join(",") + "\n";
    let path = folder.path().join("features.csv");
    std::fs::write(&path, rows.iter().map(line).collect::<String>()).unwrap();
    let dataset = Dataset::open(folder.path(), crate::dataset::Split::Train).unwrap();
    assert_eq!(dataset.vectors_file(), Some(path.as_path()));
    dataset.read_vectors(&path, &mut |_, _| {}).unwrap()
}

#[test]
fn long_vectors_are_compared_by_their_direction_and_short_ones_by_their_distance() {
    // Two directions; of each, one short vector and a long one, a little apart. Zeros have no direction.
    let rows = |dim: usize, longest: f32| {
        let row = |[x, y]: [f32; 2]| {
            let mut row = vec![0.0; dim];
            (row[0], row[1]) = (x, y);
            row
        };
        [[1.0, 0.1], [100.0, 0.0], [0.1, 1.0], [0.0, longest], [0.0, 0.0]].map(row)
    };
    let nearest = |dim: usize, longest: f32| {
        let similarity = Similarity::of_vectors(&vectors(&rows(dim, longest)), &job()).unwrap();
        [0, 1, 2, 3].map(|serial| similarity.neighbours.of(serial).next().unwrap().0)
    };
    assert_eq!(nearest(70, 1e30), [1, 0, 3, 2]);
    assert_eq!(nearest(64, 1e3)[..3], [4, 0, 4]);
    let alike = Similarity::of_vectors(&vectors(&vec![vec![3.0; 70]; 4]), &job()).unwrap();
    assert_eq!((alike.features.dim(), alike.features.len()), (1, 4));
}
