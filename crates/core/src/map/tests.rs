use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::curve::Curve;
use super::fuzzy::FuzzySet;
use super::layout::Map;
use super::quality::{class_agreement, trustworthiness};
use super::start::{continued, scaled, turned_onto};
use super::*;
use crate::job::Job;
use crate::projection::Projector;
use crate::similarity::{Features, Neighbours};

/// Points, and what `umap-learn` 0.5.12 makes of them.
#[derive(serde::Deserialize)]
struct Fixture {
    points: Vec<Vec<f32>>,
    neighbours: usize,
    /// Each edge once.
    edges: Vec<(u32, u32, f32)>,
    /// Minimum distance, spread, a, b.
    curves: Vec<[f32; 4]>,
}

fn fixture() -> Fixture {
    serde_json::from_str(include_str!("umap_learn.json")).unwrap()
}

fn neighbours(features: &Features, count: usize) -> Neighbours {
    Neighbours::find(features, count, &Job::new(|| {})).unwrap()
}

/// Three blobs in 6-D, 3 wide and 12 apart, one sample of each in turn.
fn blobs(samples: usize) -> (Features, Vec<u8>) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut normal = || (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0;
    let classes: Vec<u8> = (0..samples).map(|i| (i % 3) as u8).collect();
    let row = |&class: &u8| {
        let mut row = [0.0; 6].map(|_| normal());
        row[usize::from(class)] += 8.5;
        row
    };
    let values = classes.iter().flat_map(row).collect();
    (Features::new(values, 6), classes)
}

fn start(features: &Features, axes: usize) -> Vec<[f32; 3]> {
    let positions = Projector::default().project(features.values(), features.dim(), axes);
    scaled(&positions, axes, 0)
}

fn settings(samples: usize, epochs: u32) -> Settings {
    Settings {
        epochs,
        seed: 7,
        ..Settings::new(samples)
    }
}

fn every(samples: usize) -> Vec<u32> {
    (0..samples as u32).collect()
}

#[test]
fn the_fuzzy_set_is_that_of_umap_learn() {
    let Fixture {
        points,
        neighbours: count,
        edges,
        ..
    } = fixture();
    let features = Features::new(points.concat(), points[0].len());
    let set = FuzzySet::new(features.len(), &neighbours(&features, count), count).unwrap();
    assert_eq!(set.len(), points.len());
    assert_eq!(set.edge_count(), 2 * edges.len());
    let weight = |from: u32, to: u32| set.of(from).iter().find(|edge| edge.0 == to).map(|edge| edge.1);
    for (from, to, expected) in edges {
        for found in [weight(from, to), weight(to, from)] {
            let found = found.unwrap_or_else(|| panic!("{from} and {to} are not joined"));
            assert!(
                (found - expected).abs() < 1e-4,
                "{from} and {to} have {found}, not {expected}"
            );
        }
    }
}

#[test]
fn the_curve_is_that_of_umap_learn() {
    for [min_dist, spread, a, b] in fixture().curves {
        let curve = Curve::fit(min_dist, spread).unwrap();
        assert!(
            (curve.a / a - 1.0).abs() < 1e-4 && (curve.b / b - 1.0).abs() < 1e-4,
            "{min_dist}, {spread}: {curve:?}"
        );
    }
}

#[test]
fn with_one_thread_maps_of_one_seed_are_equal() {
    let (features, _) = blobs(90);
    let set = FuzzySet::new(90, &neighbours(&features, 15), 15).unwrap();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    for axes in [2, 3] {
        let laid_out = |seed, steps: u32| {
            pool.install(|| {
                let settings = Settings {
                    seed,
                    ..settings(90, 20)
                };
                let mut map = Map::new(&set, &start(&features, axes), axes, settings).unwrap();
                while map.advance(steps) {}
                assert_eq!((map.epoch(), map.epochs_left(), map.axes()), (20, 0, axes));
                map.positions()
            })
        };
        assert_eq!(laid_out(1, 20), laid_out(1, 3));
        assert_ne!(laid_out(1, 20), laid_out(2, 20));
        assert!(
            laid_out(1, 20)
                .iter()
                .all(|position| (position[2] == 0.0) == (axes == 2))
        );
    }
}

#[test]
fn blobs_stay_together() {
    // More than one block, so that threads share the work.
    let (features, classes) = blobs(600);
    let set = FuzzySet::new(600, &neighbours(&features, 15), 15).unwrap();
    for axes in [2, 3] {
        let mut map = Map::new(&set, &start(&features, axes), axes, settings(600, 30)).unwrap();
        let unfolding = std::thread::spawn(move || {
            while map.advance_for(Duration::from_millis(5)) {
                assert!(map.positions().iter().flatten().all(|x| x.is_finite()));
            }
            map.positions()
        });
        let (positions, of) = (unfolding.join().unwrap(), every(600));
        let agreement = class_agreement(&positions, &classes, 15, &of);
        assert!(agreement > 0.95, "agreement {agreement} with {axes} axes");
        let kept = trustworthiness(&features, &positions, 15, &of);
        let by_components = trustworthiness(&features, &start(&features, axes), 15, &of);
        assert!(kept > by_components, "{kept}, by components {by_components}");
    }
}

#[test]
fn a_map_stays_where_it_was_when_the_latents_move_little() {
    let (features, _) = blobs(300);
    let count = 15;
    let set = FuzzySet::new(300, &neighbours(&features, count), count).unwrap();
    let settings = settings(300, 100);
    let mut map = Map::new(&set, &start(&features, 2), 2, settings).unwrap();
    map.advance(u32::MAX);
    let before = map.positions();

    let mut random = ChaCha8Rng::seed_from_u64(5);
    let values = features
        .values()
        .iter()
        .map(|x| x + 0.1 * (random.random::<f32>() - 0.5));
    let moved = Features::new(values.collect(), features.dim());
    let set = FuzzySet::new(300, &neighbours(&moved, count), count).unwrap();
    let start = continued(&before, &set, 2, 1);
    let mut map = Map::new(&set, &start, 2, settings.continuing()).unwrap();
    map.advance(u32::MAX);
    let after = turned_onto(&map.positions(), &before, 2);

    let extent = |axis: usize| {
        let coordinates = || before.iter().map(|position| position[axis]);
        coordinates().fold(f32::MIN, f32::max) - coordinates().fold(f32::MAX, f32::min)
    };
    let mut distances: Vec<f32> = before
        .iter()
        .zip(&after)
        .map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]))
        .collect();
    distances.sort_by(f32::total_cmp);
    let share = distances[150] / extent(0).max(extent(1));
    assert!(
        share < 0.05,
        "the median sample moved by {share} of the map's width"
    );
}

#[test]
fn a_turned_mirrored_and_moved_map_is_turned_back() {
    let before: Vec<[f32; 3]> = start(&blobs(60).0, 3);
    let turned: Vec<[f32; 3]> = before
        .iter()
        .map(|[x, y, z]| [y + 3.0, -z - 1.0, -x + 20.0])
        .collect();
    for (back, position) in turned_onto(&turned, &before, 3).iter().zip(&before) {
        for (x, expected) in back.iter().zip(position) {
            assert!((x - expected).abs() < 1e-4, "{back:?} is not {position:?}");
        }
    }
    let flat = [[1.0, 2.0, 0.0], [3.0, 1.0, 0.0], [f32::NAN; 3], [0.0, 5.0, 0.0]];
    let turned = flat.map(|[x, y, z]| [-y + 4.0, x, z]);
    let back = turned_onto(&turned, &flat, 2);
    assert!(back[2][0].is_nan());
    assert!(
        (back[3][0] - 0.0).abs() < 1e-5 && (back[3][1] - 5.0).abs() < 1e-5,
        "{back:?}"
    );
    assert_eq!(turned_onto(&turned[..2], &flat, 2), turned[..2]);
}

#[test]
fn a_sample_that_had_no_position_starts_amid_its_neighbours() {
    let features = Features::new((0..12).map(|i| i as f32).collect(), 1);
    let set = FuzzySet::new(12, &neighbours(&features, 2), 2).unwrap();
    let mut before: Vec<[f32; 3]> = (0..12).map(|i| [i as f32, 1.0, 0.0]).collect();
    before[5] = [f32::NAN; 3];
    let start = continued(&before, &set, 2, 1);
    assert!(
        (start[5][0] - 5.0).abs() < 1.1 && (start[5][1] - 1.0).abs() < 0.01,
        "{:?}",
        start[5]
    );
    assert!((start[9][0] - 9.0).abs() < 0.01);
}

#[test]
fn samples_without_neighbours_stay_where_they_are() {
    let (features, _) = blobs(60);
    let mut values = features.values().to_vec();
    values[6 * 7] = f32::NAN;
    let features = Features::new(values, 6);
    let set = FuzzySet::new(60, &neighbours(&features, 10), 10).unwrap();
    assert!(set.of(7).is_empty());
    let mut start = start(&features, 2);
    assert!(start[7][0].is_nan());
    let mut map = Map::new(&set, &start, 2, settings(60, 10)).unwrap();
    map.advance(10);
    for (serial, position) in map.positions().iter().enumerate() {
        assert_eq!(position[0].is_nan(), serial == 7, "{serial}: {position:?}");
    }
    start[7] = [2.0, 1.0, 0.0];
    let mut map = Map::new(&set, &start, 2, settings(60, 10)).unwrap();
    map.advance(10);
    assert_eq!(map.positions()[7], [2.0, 1.0, 0.0]);
}

#[test]
fn samples_at_one_place_and_parts_without_a_way_between_them_are_laid_out() {
    // All at one place: nothing but the start's noise tells them apart.
    let same = Features::new(vec![1.0; 40], 2);
    // Two places, far from each other.
    let apart = Features::new((0..40).map(|i| (i % 2 * 1000) as f32).collect(), 1);
    for features in [same, apart] {
        let n = features.len();
        let set = FuzzySet::new(n, &neighbours(&features, 5), 5).unwrap();
        let settings = Settings {
            neighbours: 5,
            ..settings(n, 20)
        };
        let mut map = Map::new(&set, &start(&features, 2), 2, settings).unwrap();
        map.advance(20);
        assert!(map.positions().iter().flatten().all(|x| x.is_finite()));
    }
    let none = FuzzySet::new(0, &neighbours(&Features::new(vec![], 1), 0), 0).unwrap();
    assert!(none.is_empty());
    let map = Map::new(
        &none,
        &[],
        2,
        Settings {
            neighbours: 2,
            ..settings(0, 1)
        },
    );
    assert_eq!(map.unwrap().positions(), [[0.0; 3]; 0]);
}

#[test]
fn what_cannot_be_laid_out_is_refused() {
    let (features, _) = blobs(12);
    let near = neighbours(&features, 15);
    let few = MapError::FewNeighbours { asked: 15, found: 11 };
    assert_eq!(FuzzySet::new(12, &near, 15), Err(few));
    assert!(matches!(
        FuzzySet::new(5, &near, 5),
        Err(MapError::Neighbour { samples: 5, .. })
    ));
    for distance in [f32::NAN, f32::INFINITY, -1.0] {
        let places = [vec![(1, 1.0), (2, distance)], vec![(0, 1.0), (2, 1.0)], vec![]];
        let refusal = FuzzySet::new(3, &Neighbours::new(2, places.into_iter()), 2).err();
        assert!(
            matches!(refusal, Some(MapError::Distance { serial: 0, .. })),
            "{refusal:?}"
        );
    }

    let set = FuzzySet::new(12, &near, 5).unwrap();
    let mut start = start(&features, 3);
    let refused = |start: &[[f32; 3]], axes, settings| Map::new(&set, start, axes, settings).err();
    let settings = settings(12, 10);
    assert_eq!(refused(&start, 2, settings), None);
    assert_eq!(refused(&start, 4, settings), Some(MapError::Axes { axes: 4 }));
    let short = MapError::Positions {
        found: 3,
        samples: 12,
    };
    assert_eq!(refused(&start[..3], 2, settings), Some(short));
    for wrong in [
        Settings {
            neighbours: 0,
            ..settings
        },
        Settings {
            min_dist: 1.5,
            ..settings
        },
        Settings {
            min_dist: -0.1,
            ..settings
        },
        Settings {
            spread: 0.0,
            min_dist: 0.0,
            ..settings
        },
        Settings {
            spread: f32::INFINITY,
            ..settings
        },
        Settings {
            repulsion: f32::NAN,
            ..settings
        },
        Settings {
            learning_rate: 0.0,
            ..settings
        },
    ] {
        let refusal = refused(&start, 2, wrong);
        assert!(
            matches!(refusal, Some(MapError::Setting { .. })),
            "{wrong:?}: {refusal:?}"
        );
    }
    assert!(Curve::fit(2.0, 1.0).is_err() && Curve::fit(0.0, f32::NAN).is_err());
    start[3][1] = f32::NAN;
    assert_eq!(
        refused(&start, 2, settings),
        Some(MapError::NoPosition { serial: 3 })
    );
}

#[test]
fn trustworthiness_counts_what_comes_too_near() {
    let line = Features::new((0..6).map(|i| i as f32 * i as f32).collect(), 1);
    let flat: Vec<[f32; 3]> = (0..6).map(|i| [(i * i) as f32, 0.0, 0.0]).collect();
    assert_eq!(trustworthiness(&line, &flat, 2, &every(6)), 1.0);
    // 5 comes to lie beside 0, whose rank 5 neighbour it is; by hand: 2 / (1 · 1 · (12 − 3 − 1)) · (5 − 1).
    let mut folded = flat.clone();
    folded[5] = [0.5, 0.0, 0.0];
    assert_eq!(trustworthiness(&line, &folded, 1, &[0]), 0.0);
    assert_eq!(trustworthiness(&line, &folded, 1, &[3]), 1.0);
    assert!(trustworthiness(&line, &flat, 4, &[0]).is_nan());
    let classes = ['a', 'a', 'b', 'b', 'a', 'b'];
    assert_eq!(class_agreement(&flat, &classes, 2, &[0, 1]), 0.5);
    assert!(class_agreement(&flat, &classes, 2, &[]).is_nan());
}
