//! [`Journal`]: what the user has labelled, action by action, so that it can be undone and redone, over restarts too.
//!
//! It is made of the lines of the history file, and each step of it is a line to add there. The labels file alone is the
//! truth: an action whose samples have other labels by now is passed over.

use super::action::{Action, Change, Step};
use super::line::Line;
use super::values::Labels;

/// What became of an undo or a redo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// The one that was taken back or done again.
    pub action: Action,
    /// What has to be asked of the labels file; samples that somebody else has changed since are left out.
    pub changes: Vec<Change>,
}

/// What the user has done and undone, so that it can be undone and redone.
#[derive(Clone, Debug, Default)]
pub struct Journal {
    done: Vec<Action>,
    undone: Vec<Action>,
}

impl Journal {
    /// Goes on by a line of the history.
    pub(crate) fn follow(&mut self, line: &Line) {
        match line {
            Line::Done(action) => {
                self.done.push(action.clone());
                self.undone.clear();
            }
            Line::Undone { id, .. } => take(&mut self.done, id, &mut self.undone),
            Line::Redone { id, .. } => take(&mut self.undone, id, &mut self.done),
            Line::Seen { .. } | Line::Rows(_) => {}
        }
    }

    /// Notes an action and returns its line. What was undone before can be redone no more.
    pub fn record(&mut self, action: Action) -> Line {
        let line = Line::Done(action);
        self.follow(&line);
        line
    }

    /// Takes the last action back that still has an effect on `labels`, `None` if there is none, and returns the lines of all
    /// that were passed over or taken back.
    pub fn undo(&mut self, labels: &Labels) -> (Option<Reversal>, Vec<Line>) {
        self.walk(labels, Turn::Back)
    }

    /// Does the action again that was undone last; as [`undo`](Self::undo).
    pub fn redo(&mut self, labels: &Labels) -> (Option<Reversal>, Vec<Line>) {
        self.walk(labels, Turn::Forth)
    }

    /// Passes over actions until one has an effect.
    fn walk(&mut self, labels: &Labels, turn: Turn) -> (Option<Reversal>, Vec<Line>) {
        let mut lines = Vec::new();
        loop {
            let actions = match turn {
                Turn::Back => &self.done,
                Turn::Forth => &self.undone,
            };
            let Some(action) = actions.last().cloned() else {
                return (None, lines);
            };
            let changes = changes(&action, labels, turn);
            let step = |change: &Change| Step {
                serial: change.serial,
                before: labels.get(change.serial),
                after: change.label,
            };
            let (id, steps) = (action.id().to_owned(), changes.iter().map(step).collect());
            let line = match turn {
                Turn::Back => Line::Undone { id, steps },
                Turn::Forth => Line::Redone { id, steps },
            };
            self.follow(&line);
            lines.push(line);
            if !changes.is_empty() {
                return (Some(Reversal { action, changes }), lines);
            }
        }
    }

    /// The labelled samples whose label the user has said is right, with that label.
    pub fn kept(&self) -> impl Iterator<Item = (u32, u8)> {
        let steps = self.done.iter().flat_map(|action| &action.steps);
        let kept = steps.filter(|step| step.before == step.after);
        kept.filter_map(|step| Some((step.serial, step.after?)))
    }

    /// What can be undone, the oldest first.
    pub fn done(&self) -> &[Action] {
        &self.done
    }

    /// What can be redone, the next one last.
    pub fn undone(&self) -> &[Action] {
        &self.undone
    }
}

/// Moves the action with this id; another program's may be there no more.
fn take(from: &mut Vec<Action>, id: &str, to: &mut Vec<Action>) {
    if let Some(at) = from.iter().rposition(|action| action.id() == id) {
        to.push(from.remove(at));
    }
}

/// Which way an action is gone through.
#[derive(Clone, Copy)]
enum Turn {
    Back,
    Forth,
}

/// The steps whose sample has the label at which `turn` begins, towards the one at which it ends.
fn changes(action: &Action, labels: &Labels, turn: Turn) -> Vec<Change> {
    let steps = action.steps.iter().filter_map(|step| {
        let (now, then) = match turn {
            Turn::Back => (step.after, step.before),
            Turn::Forth => (step.before, step.after),
        };
        (labels.get(step.serial) == now).then_some(Change {
            serial: step.serial,
            label: then,
        })
    });
    steps.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut labels = Labels::new(9);
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
        assert_eq!(labels, Labels::new(9));
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
        let mut labels = Labels::new(9);
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
        let mut labels = Labels::new(9);
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
        let mut labels = Labels::new(9);
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
}
