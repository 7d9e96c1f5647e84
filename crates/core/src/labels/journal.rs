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
mod tests;
