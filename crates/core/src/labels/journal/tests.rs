use super::*;
use crate::classes::ClassCount;

/// Labels as they are, and an action that gives these samples a label.
fn give(labels: &mut Labels, serials: &[u32], label: Option<u8>) -> Action {
    let steps = serials.iter().map(|&serial| Step {
        serial,
        before: labels.set(serial, label),
        after: label,
    });
    Action::new(steps.collect())
}

fn undo(labels: &mut Labels, journal: &mut Journal) -> usize {
    apply(labels, journal.undo(labels).0)
}

fn apply(labels: &mut Labels, reversal: Option<Reversal>) -> usize {
    let changes = reversal.map(|reversal| reversal.changes).unwrap_or_default();
    for change in &changes {
        labels.set(change.serial, change.label);
    }
    changes.len()
}

#[test]
fn actions_are_undone_and_redone_one_by_one_over_restarts_too() {
    let mut labels = Labels::new(9, ClassCount::default());
    let mut journal = Journal::default();
    let mut lines = Vec::new();
    for (serials, label) in [(vec![1], Some(4)), (vec![1, 2, 3], Some(7)), (vec![2], None)] {
        let action = give(&mut labels, &serials, label);
        lines.push(journal.record(action));
    }
    let end = labels.clone();
    let restart = |lines: &[Line]| {
        let mut journal = Journal::default();
        lines.iter().for_each(|line| journal.follow(line));
        journal
    };
    for expected in [1, 3, 1, 0] {
        journal = restart(&lines);
        let (reversal, new) = journal.undo(&labels);
        lines.extend(new);
        assert_eq!(apply(&mut labels, reversal), expected);
    }
    assert_eq!(labels, Labels::new(9, ClassCount::default()));
    for expected in [1, 3, 1, 0] {
        journal = restart(&lines);
        let (reversal, new) = journal.redo(&labels);
        lines.extend(new);
        assert_eq!(apply(&mut labels, reversal), expected);
    }
    assert_eq!(labels, end);
}

#[test]
fn what_others_changed_since_is_left_alone() {
    let mut labels = Labels::new(9, ClassCount::default());
    let mut journal = Journal::default();
    let first = give(&mut labels, &[5], Some(1));
    let second = give(&mut labels, &[1, 2], Some(3));
    journal.record(first);
    journal.record(second);
    labels.set(1, Some(9));
    assert_eq!(undo(&mut labels, &mut journal), 1);
    assert_eq!((labels.get(1), labels.get(2)), (Some(9), None));
    labels.set(5, None);
    assert_eq!(
        journal.undo(&labels).0,
        None,
        "an action without any effect is passed over"
    );
}

#[test]
fn a_new_action_ends_what_could_be_redone() {
    let mut labels = Labels::new(9, ClassCount::default());
    let mut journal = Journal::default();
    let action = give(&mut labels, &[5], Some(1));
    journal.record(action);
    undo(&mut labels, &mut journal);
    assert_eq!(journal.undone().len(), 1);
    let action = give(&mut labels, &[6], Some(1));
    journal.record(action);
    assert!(journal.undone().is_empty());
    assert_eq!(journal.redo(&labels).0, None);
}

/// Each program takes its own actions back, whatever the other has added to the history meanwhile.
#[test]
fn two_programs_do_not_undo_each_others_actions() {
    let mut labels = Labels::new(9, ClassCount::default());
    let (mut first, mut second) = (Journal::default(), Journal::default());
    let mut lines = vec![first.record(give(&mut labels, &[5], Some(1)))];
    lines.push(second.record(give(&mut labels, &[6], Some(2))));
    let (reversal, undone) = first.undo(&labels);
    assert_eq!(reversal.map(|it| it.changes[0].serial), Some(5));
    lines.extend(undone);
    let mut both = Journal::default();
    lines.iter().for_each(|line| both.follow(line));
    let left: Vec<u32> = both.done().iter().map(|action| action.steps[0].serial).collect();
    assert_eq!(left, [6]);
}
