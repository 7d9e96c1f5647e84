use proptest::prelude::*;

use super::super::{Action, Labels};
use super::*;
use crate::classes::ClassCount;

/// Versions in which one sample after the other gets a label, and each version's labels.
fn labelled(n: usize, changes: &[(u32, Option<u8>)]) -> (Versions, Vec<Labels>) {
    let mut versions = Versions::default();
    let mut labels = Labels::new(n, ClassCount::default());
    let mut all = vec![labels.clone()];
    for &(serial, after) in changes {
        let before = labels.set(serial, after);
        let step = Step {
            serial,
            before,
            after,
        };
        versions.follow(&Line::Done(Action::new(vec![step])));
        all.push(labels.clone());
    }
    (versions, all)
}

fn serials(steps: &[Step]) -> Vec<u32> {
    steps.iter().map(|step| step.serial).collect()
}

#[test]
fn a_text_that_set_out_from_an_older_version_gets_back_what_it_did_not_know() {
    let changes: Vec<_> = (0..20)
        .map(|serial| (serial, Some((serial % 10) as u8)))
        .collect();
    let (versions, all) = labelled(100, &changes);
    for (read, text) in all.iter().enumerate() {
        let merge = versions.merge(|serial| text.get(serial));
        assert_eq!(serials(&merge.restored), (read as u32..20).collect::<Vec<_>>());
        assert_eq!(merge.changed, []);
    }
}

#[test]
fn a_deletion_that_was_meant_stays() {
    let changes: Vec<_> = (0..20).map(|serial| (serial, Some(3))).collect();
    let (versions, all) = labelled(100, &changes);
    let mut theirs = all[20].clone();
    for serial in 3..14 {
        theirs.set(serial, None);
    }
    let merge = versions.merge(|serial| theirs.get(serial));
    assert_eq!(merge.restored, []);
    assert_eq!(serials(&merge.changed), (3..14).collect::<Vec<_>>());
    assert_eq!((merge.changed[0].before, merge.changed[0].after), (Some(3), None));
}

#[test]
fn another_label_is_a_later_intention_unless_it_did_not_know_ours() {
    let changes: Vec<_> = (0..20).map(|serial| (serial, Some(3))).collect();
    let (versions, all) = labelled(100, &changes);
    let mut theirs = all[20].clone();
    theirs.set(19, Some(8));
    let merge = versions.merge(|serial| theirs.get(serial));
    assert_eq!((serials(&merge.changed), merge.restored), (vec![19], vec![]));
    let mut theirs = all[5].clone();
    theirs.set(19, Some(8));
    theirs.set(2, Some(8));
    let merge = versions.merge(|serial| theirs.get(serial));
    assert_eq!(serials(&merge.changed), [2], "it knew of this one");
    assert_eq!(serials(&merge.restored), (5..20).collect::<Vec<_>>());
}

#[test]
fn what_was_undone_does_not_come_back() {
    let (versions, all) = labelled(9, &[(1, Some(4)), (2, Some(5)), (2, None), (3, Some(6))]);
    let merge = versions.merge(|serial| all[2].get(serial));
    let steps: Vec<_> = merge
        .restored
        .iter()
        .map(|step| (step.serial, step.after))
        .collect();
    assert_eq!(steps, [(2, None), (3, Some(6))]);
}

#[test]
fn the_same_label_by_chance_does_not_make_a_stale_text_a_newer_one() {
    let changes: Vec<_> = (0..20).map(|serial| (serial, Some(3))).collect();
    let (versions, all) = labelled(100, &changes);
    let mut theirs = all[2].clone();
    theirs.set(19, Some(3));
    let merge = versions.merge(|serial| theirs.get(serial));
    assert_eq!(serials(&merge.restored), (2..19).collect::<Vec<_>>());
}

#[test]
fn what_others_changed_is_what_the_file_should_say() {
    let (mut versions, mut all) = labelled(9, &[(1, Some(4)), (2, Some(5))]);
    let seen = |serial, before, after| Step {
        serial,
        before,
        after,
    };
    versions.follow(&Line::Seen {
        steps: vec![seen(1, Some(4), None), seen(7, None, Some(1))],
    });
    let mut theirs = all.pop().unwrap();
    theirs.set(1, None);
    assert_eq!(versions.merge(|serial| theirs.get(serial)), Merge::default());
    assert_eq!(serials(&versions.differences(|_| None)), [2], "7 is none of ours");
}

proptest! {
    /// Whatever was done, and whichever version another program set out from: with changes to samples of its own alone
    /// the merged labels are ours.
    #[test]
    fn nothing_of_ours_is_lost(
        changes in prop::collection::vec((0..12_u32, prop::option::of(0..10_u8)), 1..40), read in 0..40_usize,
    ) {
        let (versions, all) = labelled(12, &changes);
        let read = &all[read % all.len()];
        let mut merged = read.clone();
        let merge = versions.merge(|serial| read.get(serial));
        for step in &merge.restored {
            merged.set(step.serial, step.after);
        }
        prop_assert_eq!(&merged, all.last().unwrap());
        prop_assert_eq!(merge.changed, vec![]);
    }
}
