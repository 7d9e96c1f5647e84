use super::*;

fn some(classes: &[u8]) -> Vec<Option<u8>> {
    classes.iter().map(|&class| Some(class)).collect()
}

#[test]
fn kappa_is_cohens() {
    // sklearn.metrics.cohen_kappa_score([0, 0, 1, 1, 2, 2, 2, 1], [0, 1, 1, 1, 2, 2, 0, 1])
    let (a, b) = (some(&[0, 0, 1, 1, 2, 2, 2, 1]), some(&[0, 1, 1, 1, 2, 2, 0, 1]));
    assert!((kappa(&a, &b) - 0.619_047_6).abs() < 1e-6, "{}", kappa(&a, &b));
    assert_eq!(changed(&a, &b), 0.25);
    assert_eq!(kappa(&a, &a), 1.0);
}

#[test]
fn it_is_one_where_all_agree_and_none_where_they_agree_by_chance_alone() {
    assert_eq!((kappa(&[], &[]), changed(&[], &[])), (1.0, 0.0));
    let (ones, none) = (some(&[1; 5]), vec![None; 5]);
    assert_eq!(kappa(&ones, &ones), 1.0);
    assert_eq!(kappa(&none, &none), 1.0);
    assert_eq!((kappa(&none, &ones), changed(&none, &ones)), (0.0, 1.0));
}

/// Of 1000 samples in two classes these are in the other one.
fn classes(other: std::ops::Range<u32>) -> impl Fn(u32) -> Option<u8> {
    move |serial| Some((u32::from(other.contains(&serial)) + serial % 2) as u8)
}

#[test]
fn it_advises_to_go_on_until_three_comparisons_agree() {
    let mut stability = Stability::default();
    assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
    stability.follow(4, 1000, classes(0..0));
    assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
    stability.follow(11, 1000, classes(0..500));
    assert_eq!(stability.advice(), Advice::Unknown { more: 3 });
    stability.follow(14, 1000, classes(0..100));
    let changed = 0.1;
    assert_eq!(stability.advice(), Advice::GoOn { labels: 10, changed });
    for (labels, expected) in [
        (
            24,
            Advice::GoOn {
                labels: 10,
                changed: 0.0,
            },
        ),
        (
            34,
            Advice::GoOn {
                labels: 10,
                changed: 0.001,
            },
        ),
        (
            44,
            Advice::Enough {
                labels: 30,
                changed: 0.001,
            },
        ),
    ] {
        stability.follow(labels, 1000, classes(0..100 - u32::from(labels > 30)));
        assert_eq!(stability.advice(), expected, "after {labels} labels");
    }
    stability.follow(54, 1000, classes(0..140));
    assert!(matches!(stability.advice(), Advice::GoOn { .. }));
}

#[test]
fn little_change_over_few_labels_is_no_advice_to_stop() {
    let mut stability = Stability::default();
    for (labels, more) in [(0, 0), (10, 20), (20, 10)] {
        stability.follow(labels, 1000, classes(0..0));
        let changed = 0.0;
        let wait = Advice::Wait {
            labels,
            changed,
            more,
        };
        assert!(
            labels == 0 || stability.advice() == wait,
            "{:?}",
            stability.advice()
        );
    }
}

#[test]
fn one_class_alone_is_no_advice_to_stop() {
    let mut stability = Stability::default();
    for labels in [1, 11, 21, 31, 41] {
        stability.follow(labels, 1000, |_| Some(3));
    }
    assert!(matches!(stability.advice(), Advice::GoOn { .. }));
}

#[test]
fn labels_that_are_taken_back_and_given_again_are_no_progress() {
    let mut stability = Stability::default();
    for labels in [20, 30] {
        stability.follow(labels, 1000, classes(0..labels as u32));
    }
    let before = stability.advice();
    assert!(matches!(before, Advice::GoOn { labels: 10, .. }), "{before:?}");
    for _ in 0..5 {
        for labels in (25..30).rev().chain(25..=30) {
            stability.follow(labels, 1000, classes(0..labels as u32));
        }
    }
    assert_eq!(stability.advice(), before);
    stability.follow(3, 1000, classes(0..3));
    assert_eq!(stability.advice(), Advice::Unknown { more: 10 });
}

#[test]
fn many_samples_are_compared_by_some_of_all_regions() {
    let some: Vec<u32> = spread(60_000).collect();
    assert_eq!((some.len(), some[0], some[1], some[9999]), (10_000, 0, 6, 59_994));
    assert_eq!(spread(3).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(spread(0).count(), 0);
}
