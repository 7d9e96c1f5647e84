use nalgebra::DMatrix;

use super::*;
use crate::choice::Choice;
use crate::classes::ClassCount;
use crate::job::{Cancelled, Job};
use crate::propagation::{Laplacian, Propagated, Propagation};
use crate::similarity::{Features, Similarity};

fn job() -> Job {
    Job::new(|| {})
}

/// Three groups of a hundred points in the plane, and one point that has no place.
struct World {
    similarity: Similarity,
    propagation: Propagation,
}

const N: usize = 301;

/// Classes of the world.
const CLASSES: usize = 10;

fn world() -> World {
    let number = |i: usize| ((i as f32 * 12.9898).sin() * 43_758.547).fract();
    let mut values: Vec<f32> = (0..300)
        .flat_map(|i| {
            let group = i / 100;
            [
                6.0 * group as f32 + number(i),
                number(i + 1000) + f32::from(u8::from(group == 1)) * 4.0,
            ]
        })
        .collect();
    values.extend([f32::NAN; 2]);
    let similarity = Similarity::of_features(Features::new(values, 2), &job()).unwrap();
    World {
        propagation: Propagation::new(similarity.graph.clone(), ClassCount::default()),
        similarity,
    }
}

fn labels(some: &[(u32, u8)]) -> Vec<Option<u8>> {
    let mut labels = vec![None; N];
    for &(serial, class) in some {
        labels[serial as usize] = Some(class);
    }
    labels
}

impl World {
    fn scorer(&self) -> Scorer {
        let laplacian = self.propagation.laplacian().clone();
        Scorer::new(laplacian, &self.similarity, ClassCount::default(), 1)
    }

    fn scores(&mut self, strategy: Strategy, some: &[(u32, u8)]) -> Vec<f32> {
        let labels = labels(some);
        let propagated = self.propagation.propagate(&labels, &job()).unwrap();
        let known = Known {
            labels: &labels,
            propagated: &propagated,
            network: None,
        };
        self.scorer().scores(strategy, known, &job()).unwrap()
    }
}

fn first(scores: &[f32]) -> usize {
    (0..scores.len())
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(b.cmp(&a)))
        .unwrap()
}

/// `(D − W + τ)⁻¹`.
fn green(laplacian: &Laplacian, killing: f32) -> DMatrix<f64> {
    let graph = laplacian.graph();
    let mut matrix = DMatrix::zeros(N, N);
    for serial in 0..N {
        matrix[(serial, serial)] += f64::from(graph.degrees()[serial] + killing);
        for (other, weight) in graph.edges(serial as u32) {
            matrix[(serial, other as usize)] -= f64::from(weight);
        }
    }
    matrix.try_inverse().unwrap()
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn explore_refine_is_its_formula() {
    let mut world = world();
    let some = [(3, 1), (40, 1), (120, 4)];
    let found = world.scores(Strategy::ExploreRefine, &some);
    let laplacian = world.propagation.laplacian();
    let (reach, near) = (green(laplacian, 1e-3), green(laplacian, 1e-2));
    let margins: Vec<f64> = (0..N)
        .map(|serial| {
            let mut parameters = [0.1; CLASSES];
            for (other, class) in some {
                parameters[usize::from(class)] += reach[(serial, other as usize)];
            }
            let sum: f64 = parameters.iter().sum();
            parameters.sort_by(|a, b| b.total_cmp(a));
            1.0 - (parameters[0] - parameters[1]) / sum
        })
        .collect();
    for serial in (0..300).filter(|serial| ![3, 40, 120].contains(serial)) {
        let expected: f64 = (0..300).map(|other| near[(serial, other)] * margins[other]).sum();
        let found = f64::from(found[serial]);
        assert!(
            (found - expected).abs() < 0.05 * expected,
            "{serial}: {found} {expected}"
        );
    }
    assert!(
        (200..300).contains(&first(&found)),
        "the group without a label comes first"
    );
}

#[test]
fn the_norm_is_its_formula() {
    let mut world = world();
    let some = [(3, 1), (120, 4)];
    let found = world.scores(Strategy::Norm, &some);
    let laplacian = world.propagation.laplacian();
    let killing = 1e-2 * (1e-2_f32).powf(2.0 / (2 * CLASSES) as f32);
    let field =
        crate::propagation::laplace(laplacian, &some, ClassCount::default(), killing, None, &job()).unwrap();
    for serial in (0..300).filter(|serial| ![3, 120].contains(serial)) {
        let root = laplacian.inverse_root()[serial];
        let norm = field
            .row(serial as u32)
            .iter()
            .map(|value| (value * root).powi(2))
            .sum::<f32>()
            .sqrt();
        assert!((found[serial] - (1.0 - norm)).abs() < 1e-4);
    }
    assert!((200..300).contains(&first(&found)));
}

#[test]
fn what_the_graph_is_unsure_of_comes_first() {
    let mut world = world();
    let labels = labels(&[(3, 1), (60, 2), (120, 4)]);
    let propagated = world.propagation.propagate(&labels, &job()).unwrap();
    let known = Known {
        labels: &labels,
        propagated: &propagated,
        network: None,
    };
    let mut scorer = world.scorer();
    let mut scores = |strategy| scorer.scores(strategy, known, &job()).unwrap();
    let (margin, entropy, confidence) = (
        scores(Strategy::Margin),
        scores(Strategy::Entropy),
        scores(Strategy::LeastConfidence),
    );
    for serial in (0..300).filter(|&serial| labels[serial as usize].is_none()) {
        let mut shares = propagated.shares(serial).to_vec();
        let sum: f32 = shares.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum();
        shares.sort_by(|a, b| b.total_cmp(a));
        let at = serial as usize;
        if shares[0] > 0.0 {
            assert!((margin[at] - (shares[1] - shares[0])).abs() < 1e-6);
            assert!((entropy[at] - sum).abs() < 1e-5);
            assert!((confidence[at] - (1.0 - shares[0])).abs() < 1e-6);
        } else {
            // No label reaches the third group: nothing is more uncertain.
            assert_eq!((margin[at], confidence[at]), (0.0, 1.0));
            assert!((entropy[at] - (CLASSES as f32).ln()).abs() < 1e-6);
        }
    }
}

#[test]
fn typical_samples_come_from_different_groups() {
    let mut world = world();
    let scores = world.scores(Strategy::Typical, &[]);
    let mut order: Vec<usize> = (0..N).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
    let groups: std::collections::HashSet<usize> = order[..10].iter().map(|serial| serial / 100).collect();
    assert_eq!(groups.len(), 3, "{:?}", &order[..10]);
    assert_eq!(order[N - 1], 300, "what has no place is the last");
    let after = world.scores(Strategy::Typical, &[(10, 0), (110, 1)]);
    let mean = |serial: usize| {
        world
            .similarity
            .neighbours
            .of(serial as u32)
            .map(|pair| pair.1)
            .sum::<f32>()
            / 15.0
    };
    let best = first(&after);
    let closer = (0..300).filter(|&serial| mean(serial) < mean(best)).count();
    assert!(closer < 100, "{best} is no typical one");
}

#[test]
fn the_centre_is_farthest_from_all_labels() {
    let mut world = world();
    let some = [(3, 1), (120, 4)];
    let scores = world.scores(Strategy::KCentre, &some);
    for serial in (0..300).filter(|serial| ![3, 120].contains(serial)) {
        let to = |other: usize| {
            let rows = world
                .similarity
                .features
                .row(serial)
                .iter()
                .zip(world.similarity.features.row(other));
            rows.map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt()
        };
        assert!((scores[serial] - to(3).min(to(120))).abs() < 1e-5);
    }
    let none = world.scores(Strategy::KCentre, &[]);
    assert!((100..200).contains(&first(&none)), "the one in the middle");
}

#[test]
fn the_network_is_asked_where_it_is_there() {
    let world = world();
    let labels = labels(&[(0, 1)]);
    let propagated = Propagated::unknown(N, ClassCount::default());
    let margin: Vec<f32> = (0..N).map(|serial| serial as f32 / N as f32).collect();
    let information: Vec<f32> = margin.iter().map(|margin| margin * 0.5).collect();
    let mut known = Known {
        labels: &labels,
        propagated: &propagated,
        network: Some(Network {
            margin: &margin,
            information: &information,
        }),
    };
    let mut scorer = world.scorer();
    let found = scorer.scores(Strategy::NetworkMargin, known, &job()).unwrap();
    assert_eq!((first(&found), found[9]), (1, -margin[9]), "0 has a label");
    let found = scorer.scores(Strategy::Bald, known, &job()).unwrap();
    assert_eq!((first(&found), found[9]), (N - 1, information[9]));
    known.network = None;
    let found = scorer.scores(Strategy::Bald, known, &job()).unwrap();
    assert!(found[1..].iter().all(|&score| score == 0.0));
}

#[test]
#[cfg_attr(
    debug_assertions,
    ignore = "slow without optimisation; cargo test --release runs it"
)]
fn every_strategy_copes_with_every_beginning() {
    let all: Vec<(u32, u8)> = (0..N as u32)
        .map(|serial| (serial, (serial % 10) as u8))
        .collect();
    for &strategy in Strategy::ALL {
        for some in [&[][..], &[(5, 3)], &[(5, 3), (6, 3)], &[(300, 2)], &all] {
            let scores = world().scores(strategy, some);
            assert_eq!(scores.len(), N);
            for (serial, &score) in scores.iter().enumerate() {
                let labelled = some.iter().any(|pair| pair.0 as usize == serial);
                assert_eq!(
                    score == f32::NEG_INFINITY,
                    labelled,
                    "{strategy:?} {some:?} {serial}: {score}"
                );
                assert!(!score.is_nan());
            }
        }
        assert!(
            strategy
                .name()
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter == '-')
        );
    }
    let world = world();
    let job = job();
    job.cancel();
    let known = Known {
        labels: &labels(&[(5, 3)]),
        propagated: &Propagated::unknown(N, ClassCount::default()),
        network: None,
    };
    assert_eq!(
        world.scorer().scores(Strategy::ExploreRefine, known, &job),
        Err(Cancelled)
    );
}

#[test]
fn a_random_order_is_another_one_for_each_seed_and_has_all_parts() {
    let tenths = |seed: u64| {
        let mut order: Vec<u32> = (0..60_000).collect();
        order.sort_by(|&a, &b| {
            super::scores::scattered(b, seed).total_cmp(&super::scores::scattered(a, seed))
        });
        let mut counts = [0; 10];
        order[..500]
            .iter()
            .for_each(|serial| counts[*serial as usize / 6000] += 1);
        assert!(
            counts.iter().all(|&count| (25..=75).contains(&count)),
            "{counts:?}"
        );
        order[..500].to_vec()
    };
    assert_ne!(tenths(1), tenths(2));
}

#[test]
fn all_are_defined_for_any_number_of_classes() {
    let world = world();
    for count in [3, 11, 62, 256] {
        let classes = ClassCount::new(count).unwrap();
        let mut propagation = Propagation::new(world.similarity.graph.clone(), classes);
        let laplacian = propagation.laplacian().clone();
        let mut scorer = Scorer::new(laplacian, &world.similarity, classes, 1);
        // The largest class, too.
        let labels = labels(&[(3, 0), (60, 1), (120, classes.last())]);
        let propagated = propagation.propagate(&labels, &job()).unwrap();
        let known = Known {
            labels: &labels,
            propagated: &propagated,
            network: None,
        };
        for &strategy in Strategy::ALL {
            let scores = scorer.scores(strategy, known, &job()).unwrap();
            assert_eq!(scores.len(), N);
            for (score, label) in scores.iter().zip(&labels) {
                assert_eq!(
                    label.is_some(),
                    *score == f32::NEG_INFINITY,
                    "{strategy:?} of {count}"
                );
                assert!(!score.is_nan(), "{strategy:?} of {count}");
            }
        }
        let entropy = scorer.scores(Strategy::Entropy, known, &job()).unwrap();
        assert!(
            (entropy[N - 1] - (count as f32).ln()).abs() < 1e-5,
            "what no label reaches"
        );
        let refine = scorer.scores(Strategy::ExploreRefine, known, &job()).unwrap();
        assert!((200..300).contains(&first(&refine)));
    }
}
