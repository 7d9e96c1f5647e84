use std::fs;

use ssvae_test_support::idx;

use super::*;
use crate::dataset::Split;

#[test]
fn ranks_fill_the_scale() {
    let ranks = ranks(&[0.5, f32::NEG_INFINITY, 7.0, 0.5]);
    assert_eq!(ranks, [0.75, 0.0, 1.0, 0.75]);
}

fn request(revision: u64, labels: &[(usize, u8)]) -> Request {
    let mut all = vec![None; 200];
    for &(serial, class) in labels {
        all[serial] = Some(class);
    }
    Request {
        revision,
        labels: all,
        strategy: Strategy::default(),
        seed: 1,
        basis: Basis::Pixels,
        attempt: 0,
        snapshot: None,
        weights: None,
        information: None,
        looked_at: None,
    }
}

fn dataset() -> Arc<Dataset> {
    // Two kinds of images: dark ones and bright ones.
    let images = (0..200_usize).flat_map(|serial| {
        let noise = |i: usize| ((i as u32).wrapping_mul(2_654_435_761) >> 24) as usize % 60;
        (0..16).map(move |pixel| (serial % 2 * 150 + noise(serial * 16 + pixel)) as u8)
    });
    Arc::new(Dataset::from_images(images.collect(), [4, 4, 1], None))
}

fn wait(learning: &ActiveLearning, mut wanted: impl FnMut(&News) -> bool) -> News {
    loop {
        let news = learning.news.recv_timeout(Duration::from_secs(20)).unwrap();
        if wanted(&news) {
            return news;
        }
    }
}

#[test]
fn labels_are_answered_with_what_they_say_and_what_to_label_next() {
    let learning = ActiveLearning::start(dataset(), || {});
    learning.ask(request(1, &[]));
    wait(&learning, |news| matches!(news, News::Built { .. }));
    wait(&learning, |news| matches!(news, News::Scored { revision: 1, .. }));
    learning.ask(request(2, &[(0, 3), (1, 8)]));
    let News::Propagated {
        propagated, labels, ..
    } = wait(&learning, |news| {
        matches!(news, News::Propagated { revision: 2, .. })
    })
    else {
        unreachable!()
    };
    assert_eq!(labels, 2);
    assert!((0..200).all(|serial| propagated.class(serial) == Some(if serial % 2 == 0 { 3 } else { 8 })));
    let News::Scored { scores, .. } = wait(&learning, |news| matches!(news, News::Scored { .. })) else {
        unreachable!()
    };
    assert_eq!((scores.len(), scores[0]), (200, f32::NEG_INFINITY));
}

#[test]
fn what_a_label_will_change_is_known_before_it_is_given() {
    let learning = ActiveLearning::start(dataset(), || {});
    let first = Request {
        looked_at: Some(5),
        ..request(1, &[(0, 3), (1, 8)])
    };
    learning.ask(first.clone());
    let News::Expected {
        serial,
        scores,
        revision,
    } = wait(&learning, |news| matches!(news, News::Expected { .. }))
    else {
        unreachable!()
    };
    assert_eq!((serial, revision, scores[5]), (5, 1, f32::NEG_INFINITY));
    // The class was taken for the one of the bright images, which it is.
    learning.ask(request(2, &[(0, 3), (1, 8), (5, 8)]));
    let News::Scored { scores: then, .. } = wait(&learning, |news| matches!(news, News::Scored { .. }))
    else {
        unreachable!()
    };
    for (expected, then) in scores.iter().zip(then.iter()) {
        assert!(
            expected == then || (expected - then).abs() < 0.05 * then.abs(),
            "{expected} {then}"
        );
    }
    // Nobody is about to label what has a label, or what a random order has.
    for request in [
        Request {
            looked_at: Some(0),
            ..request(3, &[(0, 3)])
        },
        Request {
            strategy: Strategy::Random,
            ..first
        },
    ] {
        let asked = request.revision;
        learning.ask(request);
        // The doubts are the last of an answer.
        wait(&learning, |news| {
            assert!(!matches!(news, News::Expected { .. }));
            matches!(news, News::Doubted { revision, .. } if *revision == asked)
        });
    }
}

#[test]
fn the_one_wrong_label_is_doubted() {
    let learning = ActiveLearning::start(dataset(), || {});
    let labels: Vec<(usize, u8)> = (0..20)
        .map(|serial| (serial, if serial % 2 == 0 || serial == 7 { 3 } else { 8 }))
        .collect();
    learning.ask(request(1, &labels));
    let News::Doubted { doubts, revision } = wait(&learning, |news| matches!(news, News::Doubted { .. }))
    else {
        unreachable!()
    };
    assert_eq!((revision, doubts.len()), (1, 20));
    assert_eq!(
        (doubts[0].serial, doubts[0].label, doubts[0].suggestion),
        (7, 3, 8)
    );
    assert_eq!(doubts.iter().filter(|doubt| doubt.is_serious()).count(), 1);
}

#[test]
fn only_the_newest_labels_are_answered() {
    let learning = ActiveLearning::start(dataset(), || {});
    for revision in 1..=300 {
        learning.ask(request(revision, &[(revision as usize % 200, 3)]));
    }
    let mut answers = 0;
    wait(&learning, |news| {
        answers += usize::from(matches!(news, News::Scored { .. }));
        matches!(news, News::Scored { revision: 300, .. })
    });
    assert!(answers < 300, "every one of them");
}

#[test]
fn another_strategy_or_basis_is_answered_too() {
    let learning = ActiveLearning::start(dataset(), || {});
    learning.ask(request(1, &[(0, 3)]));
    wait(&learning, |news| matches!(news, News::Scored { .. }));
    let other = Request {
        strategy: Strategy::Random,
        ..request(1, &[(0, 3)])
    };
    learning.ask(other.clone());
    wait(&learning, |news| {
        matches!(
            news,
            News::Scored {
                strategy: Strategy::Random,
                ..
            }
        )
    });
    let snapshot = LatentSnapshot {
        version: 4,
        latent_dim: 2,
        latents: (0..400).map(|i| (i * 37 % 101) as f32).collect(),
        classes: vec![0; 200],
        certainty: vec![0.5; 200],
        margin: vec![0.1; 200],
    };
    learning.ask(Request {
        basis: Basis::Model,
        snapshot: Some(Arc::new(snapshot)),
        ..other
    });
    let News::Built { similarity, .. } = wait(&learning, |news| matches!(news, News::Built { .. })) else {
        unreachable!()
    };
    assert_eq!(similarity.features.dim(), 2);
    wait(&learning, |news| matches!(news, News::Propagated { .. }));
}

/// 200 images that are all alike, and a file of vectors that tells even samples from odd ones.
fn folder(table: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let images = idx(&[200, 4, 4], &[7; 200 * 16]);
    fs::write(folder.path().join("train-images-idx3-ubyte"), images).unwrap();
    fs::write(folder.path().join("features.csv"), table).unwrap();
    folder
}

#[test]
fn labels_spread_by_the_vectors_of_a_file() {
    let rows = (0..200_u32).map(|serial| {
        let noise = serial.wrapping_mul(2_654_435_761) >> 24;
        format!("{},{}\n", serial % 2 * 1000 + noise, noise * 7 % 50)
    });
    let folder = folder(&rows.collect::<String>());
    let dataset = Arc::new(Dataset::open(folder.path(), Split::Train).unwrap());
    let learning = ActiveLearning::start(dataset, || {});
    learning.ask(Request {
        basis: Basis::Vectors,
        ..request(1, &[(0, 3), (1, 8)])
    });
    let News::Propagated { propagated, .. } = wait(&learning, |news| matches!(news, News::Propagated { .. }))
    else {
        unreachable!()
    };
    assert!((0..200).all(|serial| propagated.class(serial) == Some(if serial % 2 == 0 { 3 } else { 8 })));
}

#[test]
fn a_file_of_vectors_that_cannot_be_used_is_refused_until_it_is_asked_for_anew() {
    let folder = folder("1,2\n");
    let dataset = Arc::new(Dataset::open(folder.path(), Split::Train).unwrap());
    let learning = ActiveLearning::start(dataset, || {});
    let by_vectors = |revision, attempt| Request {
        basis: Basis::Vectors,
        attempt,
        ..request(revision, &[(0, 3)])
    };
    learning.ask(by_vectors(1, 0));
    let News::Refused(error) = wait(&learning, |news| matches!(news, News::Refused(_))) else {
        unreachable!()
    };
    let found = "features.csv: holds 1 vectors of 2 numbers for 200 samples; save one for each sample";
    assert!(error.to_string().ends_with(found), "{error}");
    let rows: String = (0..200).map(|serial| format!("{serial},1\n")).collect();
    fs::write(folder.path().join("features.csv"), rows).unwrap();
    learning.ask(by_vectors(2, 1));
    wait(&learning, |news| {
        matches!(news, News::Propagated { revision: 2, .. })
    });
}
