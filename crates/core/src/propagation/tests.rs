use nalgebra::{DMatrix, DVector};
use proptest::prelude::*;

use super::*;

fn job() -> Job {
    Job::new(|| {})
}

fn graph(samples: usize, edges: &[(u32, u32, f32)]) -> Arc<Graph> {
    let both = edges
        .iter()
        .flat_map(|&(a, b, weight)| [(a, b, weight), (b, a, weight)]);
    Arc::new(Graph::from_edges(samples, both.collect()))
}

/// `D − W + τ`.
fn dense(graph: &Graph, killing: f32) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(graph.len(), graph.len());
    for serial in 0..graph.len() {
        matrix[(serial, serial)] += f64::from(graph.degrees()[serial]) + f64::from(killing);
        for (other, weight) in graph.edges(serial as u32) {
            matrix[(serial, other as usize)] -= f64::from(weight);
        }
    }
    matrix
}

/// Values of a class, `[n]`.
fn values(laplacian: &Laplacian, field: &Field, class: usize) -> Vec<f64> {
    let rows = field.rows().zip(laplacian.inverse_root());
    rows.map(|(row, root)| f64::from(row[class] * root)).collect()
}

/// Two rings joined by one weak edge, each sample with the next two, and one without edges.
fn rings() -> Arc<Graph> {
    let mut edges = Vec::new();
    for ring in [0, 12] {
        for i in 0..12 {
            edges.push((ring + i, ring + (i + 1) % 12, 1.0 - 0.05 * i as f32));
            edges.push((ring + i, ring + (i + 2) % 12, 0.3));
        }
    }
    edges.push((3, 15, 0.02));
    graph(25, &edges)
}

fn labels(samples: usize, some: &[(u32, u8)]) -> Vec<Option<u8>> {
    let mut labels = vec![None; samples];
    for &(serial, class) in some {
        labels[serial as usize] = Some(class);
    }
    labels
}

#[test]
fn poisson_learning_solves_its_equation() {
    let graph = rings();
    let laplacian = Laplacian::new(graph.clone());
    let labelled = [(0, 1), (5, 1), (14, 3), (20, 1)];
    for killing in [0.01, 0.3] {
        let field = poisson(
            &laplacian,
            &labelled,
            ClassCount::default(),
            killing,
            1e-5,
            None,
            &job(),
        )
        .unwrap();
        let inverse = dense(&graph, killing).try_inverse().unwrap();
        for (class, of) in [(1, [0, 5, 20].as_slice()), (3, &[14]), (4, &[])] {
            let mut source = DVector::zeros(graph.len());
            of.iter()
                .for_each(|&serial: &usize| source[serial] = 1.0 / of.len() as f64);
            let expected = &inverse * source;
            for (found, expected) in values(&laplacian, &field, class).iter().zip(expected.iter()) {
                assert!((found - expected).abs() < 1e-3, "{found} {expected}");
            }
        }
    }
}

#[test]
fn without_killing_it_is_the_papers() {
    let graph = rings();
    let laplacian = Laplacian::new(graph.clone());
    let labelled = [(0, 1), (5, 1), (14, 3), (20, 1)];
    let field = poisson(
        &laplacian,
        &labelled,
        ClassCount::default(),
        0.0,
        1e-5,
        None,
        &job(),
    )
    .unwrap();
    let pseudo = dense(&graph, 0.0).pseudo_inverse(1e-9).unwrap();
    let mut source = DVector::zeros(graph.len());
    for (serial, class) in labelled {
        source[serial as usize] = f64::from(u8::from(class == 1)) - 0.75;
    }
    let expected = pseudo * source;
    let found = values(&laplacian, &field, 1);
    // Up to a constant for each component.
    let shift = |values: &[f64]| values[..24].iter().sum::<f64>() / 24.0;
    let (ours, theirs) = (shift(&found), shift(expected.as_slice()));
    for (found, expected) in found.iter().zip(expected.iter()).take(24) {
        assert!(
            (3.0 * (found - ours) - (expected - theirs)).abs() < 1e-2,
            "{found} {expected}"
        );
    }
}

#[test]
fn laplace_learning_solves_its_equation() {
    let graph = rings();
    let laplacian = Laplacian::new(graph.clone());
    let labelled = [(0, 1), (5, 0), (14, 3)];
    let field = laplace(&laplacian, &labelled, ClassCount::default(), 0.05, None, &job()).unwrap();
    let mut matrix = dense(&graph, 0.05);
    for class in 0..4 {
        let mut right = DVector::zeros(graph.len());
        for (serial, own) in labelled {
            let serial = serial as usize;
            matrix.row_mut(serial).fill(0.0);
            matrix[(serial, serial)] = 1.0;
            right[serial] = f64::from(u8::from(usize::from(own) == class));
        }
        let expected = matrix.clone().lu().solve(&right).unwrap();
        for (found, expected) in values(&laplacian, &field, class).iter().zip(expected.iter()) {
            assert!((found - expected).abs() < 2e-3, "{class}: {found} {expected}");
        }
    }
}

#[test]
fn every_ring_takes_the_class_of_its_label() {
    let mut propagation = Propagation::new(rings(), ClassCount::default());
    let none = propagation.propagate(&labels(25, &[]), &job()).unwrap();
    assert_eq!(none, Propagated::unknown(25, ClassCount::default()));
    let one = propagation.propagate(&labels(25, &[(2, 7)]), &job()).unwrap();
    assert!((0..24).all(|serial| one.class(serial) == Some(7) && one.certainty(serial) == 1.0));
    assert_eq!(
        (one.class(24), one.certainty(24)),
        (None, 0.0),
        "a sample alone stays unknown"
    );
    let two = propagation
        .propagate(&labels(25, &[(2, 7), (17, 4)]), &job())
        .unwrap();
    assert!((0..12).all(|serial| two.class(serial) == Some(7)));
    assert!((12..24).all(|serial| two.class(serial) == Some(4)));
    assert!((0..24).all(|serial| two.certainty(serial) > 0.5 && two.certainty(serial) < 1.0));
    assert!(two.shares(0).iter().sum::<f32>() - 1.0 < 1e-6);
    let alone = propagation
        .propagate(&labels(25, &[(2, 7), (24, 4)]), &job())
        .unwrap();
    assert_eq!((alone.class(24), alone.certainty(24)), (Some(4), 1.0));
    assert!(
        (0..24).all(|serial| alone.class(serial) == Some(7)),
        "what was undone has left nothing behind"
    );
    assert!((0..24).all(|serial| alone.certainty(serial) == 1.0));
}

#[test]
fn labels_of_one_component_reach_no_other() {
    let mut edges = Vec::new();
    for from in [0, 5, 10] {
        edges.extend((from..from + 4).map(|i| (i, i + 1, 1.0)));
    }
    let mut propagation = Propagation::new(graph(15, &edges), ClassCount::default());
    let found = propagation
        .propagate(&labels(15, &[(0, 1), (4, 2), (7, 3)]), &job())
        .unwrap();
    assert_eq!(
        found.classes()[..5],
        [Some(1), Some(1), found.classes()[2], Some(2), Some(2)]
    );
    assert!((5..10).all(|serial| found.class(serial) == Some(3) && found.certainty(serial) == 1.0));
    assert!((10..15).all(|serial| found.class(serial).is_none()));
    assert!((0..5).all(|serial| found.shares(serial)[3] == 0.0));
}

#[test]
fn labels_of_one_class_outnumbering_another_weigh_no_more() {
    let many = [(0, 7), (1, 7), (2, 7), (3, 7), (4, 7), (5, 7), (6, 7), (17, 4)];
    let found = Propagation::new(rings(), ClassCount::default())
        .propagate(&labels(25, &many), &job())
        .unwrap();
    assert!((12..24).all(|serial| found.class(serial) == Some(4)));
}

#[test]
fn it_can_be_cancelled_and_goes_on() {
    let mut propagation = Propagation::new(rings(), ClassCount::default());
    let cancelled = job();
    cancelled.cancel();
    let labels = labels(25, &[(2, 7), (17, 4)]);
    assert_eq!(propagation.propagate(&labels, &cancelled), Err(Cancelled));
    assert_eq!(propagation.propagate(&labels, &job()).unwrap().class(0), Some(7));
}

proptest! {
    #[test]
    #[cfg_attr(debug_assertions, ignore = "slow without optimisation; cargo test --release runs it")]
    fn going_on_from_the_last_solution_comes_to_the_same(
        changes in prop::collection::vec((0..25_u32, prop::option::of(0..4_u8)), 1..12),
    ) {
        let mut live = Propagation::new(rings(), ClassCount::default());
        let mut now = vec![None; 25];
        for (serial, label) in changes {
            now[serial as usize] = label;
            let found = live.propagate(&now, &job()).unwrap();
            let anew = Propagation::new(rings(), ClassCount::default()).propagate(&now, &job()).unwrap();
            for serial in 0..25 {
                for (a, b) in found.shares(serial).iter().zip(anew.shares(serial)) {
                    prop_assert!((a - b).abs() < 0.05, "{:?} {:?}", found.shares(serial), anew.shares(serial));
                }
            }
        }
    }
}

#[test]
fn leaving_one_out_is_solving_without_it() {
    let graph = rings();
    let laplacian = Laplacian::new(graph.clone());
    let some = [(0, 1), (2, 3), (5, 1), (8, 1), (14, 3), (17, 1), (20, 3), (24, 7)];
    let mut propagation = Propagation::new(graph, ClassCount::default());
    let left_out = propagation.leave_one_out(&labels(25, &some), &job()).unwrap();
    assert_eq!(
        left_out.len(),
        7,
        "the only label of its class has nothing to be held against"
    );
    // The logarithms of the shares are those of the values, times one power for all.
    let powers: Vec<f64> = left_out
        .iter()
        .map(|left_out| {
            let others: Vec<(u32, u8)> = some
                .into_iter()
                .filter(|pair| pair.0 != left_out.serial)
                .collect();
            let field = poisson(
                &laplacian,
                &others,
                ClassCount::default(),
                KILLING_RANGE.0,
                1e-6,
                None,
                &job(),
            )
            .unwrap();
            let values = [1, 3].map(|class| values(&laplacian, &field, class)[left_out.serial as usize]);
            let shares = [1, 3].map(|class| f64::from(left_out.shares[class]));
            (shares[0] / shares[1]).ln() / (values[0] / values[1]).ln()
        })
        .collect();
    for power in &powers {
        assert!((power - powers[0]).abs() < 0.1 * powers[0], "{powers:?}");
    }
}

/// A ring of four samples for each class, joined by weak edges.
fn rings_of(classes: usize) -> Arc<Graph> {
    let mut edges = Vec::new();
    for class in 0..classes as u32 {
        let first = 4 * class;
        edges.extend((0..4).map(|i| (first + i, first + (i + 1) % 4, 1.0)));
        if class > 0 {
            edges.push((first - 4, first, 1e-3));
        }
    }
    graph(4 * classes, &edges)
}

#[test]
fn any_number_of_classes_is_propagated() {
    for count in [3, 11, 62, 256] {
        let classes = ClassCount::new(count).unwrap();
        let some: Vec<(u32, u8)> = classes
            .iter()
            .map(|class| (4 * u32::from(class), class))
            .collect();
        let labels = labels(4 * count, &some);
        let mut propagation = Propagation::new(rings_of(count), classes);
        let found = propagation.propagate(&labels, &job()).unwrap();
        assert_eq!(found.class_count(), classes);
        for serial in 0..4 * count as u32 {
            assert_eq!(
                found.class(serial),
                Some((serial / 4) as u8),
                "{serial} of {count}"
            );
            let shares = found.shares(serial);
            assert_eq!(shares.len(), count);
            assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        }
        let mut twice = labels;
        for class in classes.iter() {
            twice[4 * usize::from(class) + 2] = Some(class);
        }
        let again = propagation.propagate(&twice, &job()).unwrap();
        assert_eq!(again.classes(), found.classes());
        let left_out = propagation.leave_one_out(&twice, &job()).unwrap();
        assert_eq!(left_out.len(), 2 * count);
        assert!(doubts(&left_out).iter().all(|doubt| !doubt.is_serious()));
    }
}

#[test]
fn what_is_solved_for_many_classes_at_a_time_is_what_is_solved_for_few() {
    let graph = rings_of(40);
    let laplacian = Laplacian::new(graph);
    let classes = ClassCount::new(40).unwrap();
    let labelled: Vec<(u32, u8)> = (0..40).map(|class| (4 * u32::from(class) + 1, class)).collect();
    let all = poisson(&laplacian, &labelled, classes, 0.01, 1e-6, None, &job()).unwrap();
    for (serial, class) in labelled {
        let alone = poisson(&laplacian, &[(serial, class)], classes, 0.01, 1e-6, None, &job()).unwrap();
        let class = usize::from(class);
        for (all, alone) in all.rows().zip(alone.rows()) {
            assert!(
                (all[class] - alone[class]).abs() < 1e-3,
                "{class}: {all:?} {alone:?}"
            );
        }
    }
}

#[test]
fn a_label_that_is_no_class_is_left_out() {
    let classes = ClassCount::new(3).unwrap();
    let mut propagation = Propagation::new(rings(), classes);
    let found = propagation
        .propagate(&labels(25, &[(2, 2), (17, 3)]), &job())
        .unwrap();
    assert!((0..24).all(|serial| found.class(serial) == Some(2)));
}
