use super::*;
use crate::job::Job;
use crate::similarity::Features;

const CERTAINTY: [f32; 6] = [0.9, 0.2, 0.3, f32::NAN, 0.2, 0.5];

fn queue<'a>(order: Order, labels: &'a [Option<u8>], shown: &'a dyn Fn(u32) -> bool) -> Queue<'a> {
    Queue {
        order,
        certainty: &CERTAINTY,
        score: &|serial| [0.1, 0.8, 0.7, f32::NEG_INFINITY, 0.8, 0.5][serial as usize],
        labels,
        skipped: &|_| None,
        shown,
        neighbours: None,
        since: &[],
    }
}

fn walk(order: Order, labels: &[Option<u8>; 6], hidden: u32) -> Vec<u32> {
    let shown = |serial: u32| serial != hidden;
    let queue = queue(order, labels, &shown);
    let mut seen = Vec::new();
    let mut at = queue.next(None);
    while let Some(serial) = at.filter(|serial| seen.first() != Some(serial)) {
        seen.push(serial);
        at = queue.next(at);
    }
    assert_eq!(queue.first(3), seen[..seen.len().min(3)]);
    seen
}

#[test]
fn every_member_is_passed_once() {
    let mut labels = [None; 6];
    labels[2] = Some(4);
    for (order, expected) in [
        (Order::ToLabel, vec![1, 4, 5, 3]),
        (Order::LeastCertain, vec![1, 4, 2, 5, 3]),
        (Order::Serial, vec![1, 2, 3, 4, 5]),
    ] {
        assert_eq!(walk(order, &labels, 0), expected);
    }
    assert_eq!(walk(Order::MostCertain, &labels, 9), [0, 5, 2, 1, 4, 3]);
    assert!(walk(Order::ToLabel, &[Some(1); 6], 9).is_empty());
}

#[test]
fn a_sample_that_has_just_been_labelled_keeps_its_place() {
    let mut labels = [None; 6];
    labels[1] = Some(4);
    assert_eq!(queue(Order::ToLabel, &labels, &|_| true).next(Some(1)), Some(4));
}

#[test]
fn what_was_put_off_comes_last_in_its_own_order() {
    let skipped = |serial: u32| {
        [(1, 7), (4, 3)]
            .into_iter()
            .find(|(other, _)| *other == serial)
            .map(|it| it.1)
    };
    let queue = Queue {
        skipped: &skipped,
        ..queue(Order::ToLabel, &[None; 6], &|_| true)
    };
    assert_eq!(queue.first(6), [2, 5, 0, 3, 4, 1]);
    let all = Queue {
        order: Order::LeastCertain,
        ..queue
    };
    assert_eq!(all.first(2), [1, 4], "only what is to be labelled can be put off");
}

#[test]
fn neighbours_do_not_follow_each_other() {
    // On a line each sample is like the ones beside it, and the scores rise along it.
    const N: usize = 200;
    let features = Features::new((0..N).map(|i| i as f32).collect(), 1);
    let neighbours = Neighbours::find(&features, 4, &Job::new(|| {})).unwrap();
    let (certainty, labels) = (vec![0.5; N], vec![None; N]);
    let put_off = |serial: u32| (serial == 150).then_some(0);
    let queue = Queue {
        order: Order::ToLabel,
        certainty: &certainty,
        score: &|serial| serial as f32,
        labels: &labels,
        skipped: &put_off,
        shown: &|_| true,
        neighbours: Some(&neighbours),
        since: &[197],
    };
    let first = queue.first(20);
    assert!(first[0] < 195, "197 has just been labelled: {first:?}");
    let apart = |a: u32, b: u32| around(&neighbours, a).all(|near| near != b);
    for (i, &serial) in first.iter().enumerate() {
        assert!(
            first[..i].iter().all(|&before| apart(before, serial)),
            "{first:?}"
        );
    }
    let mut all = queue.first(N);
    assert_eq!(all.last(), Some(&150));
    all.sort_unstable();
    assert!(all.into_iter().eq(0..N as u32), "nobody is lost");
    let by_serial = Queue {
        order: Order::Serial,
        ..queue
    };
    assert_eq!(by_serial.first(3), [0, 1, 2]);
}
