//! [`Versions`]: what the file has said of each sample whose label we have changed, version by version.
//!
//! A program that writes the file whole has set out from one of its versions. Which one that was shows in its rows: of two
//! versions the one that the new text differs less from. Then a merge of three texts (the version that it set out from,
//! its own, ours) tells what it has changed from what it did not know. Neither the time nor the file's identity is asked.

use std::collections::HashMap;

use super::action::Step;
use super::line::Line;

/// A label that stands in the new text although the version did not have it yet speaks against that version as much as this
/// many that are missing: somebody else would have to have given the same label to the same sample by chance.
const COINCIDENCE: usize = 8;

/// The labels of the file after each of our actions; 0 is the file before the first.
#[derive(Debug, Default)]
pub(super) struct Versions {
    last: usize,
    states: HashMap<u32, Vec<State>>,
}

/// What the file says of a sample from a version on.
#[derive(Clone, Copy, Debug)]
struct State {
    since: usize,
    label: Option<u8>,
}

/// What another program's text comes to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Merge {
    /// Labels of ours that it did not know of: they are put back. From its label to ours, by rising serial.
    pub restored: Vec<Step>,
    /// Labels of ours that it knew of and changed. From ours to its label, by rising serial.
    pub changed: Vec<Step>,
}

impl Versions {
    /// Goes on to the version that a line of the history tells of. What others did matters for samples of ours alone.
    pub fn follow(&mut self, line: &Line) {
        let (steps, ours) = match line {
            // Lines of earlier programs were written before the label was, and not taken back where that failed.
            Line::Done(action) if action.is_of_earlier_program() => return,
            Line::Done(action) => (&action.steps, true),
            Line::Undone { steps, .. } | Line::Redone { steps, .. } => (steps, true),
            Line::Seen { steps } => (steps, false),
            Line::Rows(_) => return,
        };
        self.last += 1;
        for &Step {
            serial,
            before,
            after,
        } in steps
        {
            if !ours && !self.states.contains_key(&serial) {
                continue;
            }
            let states = self.states.entry(serial).or_insert_with(|| {
                vec![State {
                    since: 0,
                    label: before,
                }]
            });
            for label in [before, after] {
                if states.last().is_none_or(|state| state.label != label) {
                    states.push(State {
                        since: self.last,
                        label,
                    });
                }
            }
        }
    }

    /// Whether the label of a sample is one that we have changed.
    pub fn knows(&self, serial: u32) -> bool {
        self.states.contains_key(&serial)
    }

    /// The version that a text with `labels` has set out from; of several the last.
    fn base(&self, labels: impl Fn(u32) -> Option<u8>) -> usize {
        // Against[v]: how much more speaks against version v than against the one before.
        let mut against = vec![0_isize; self.last + 1];
        for (&serial, states) in &self.states {
            let theirs = labels(serial);
            let Some(&State { label: ours, .. }) = states.last() else {
                continue;
            };
            let mut before = 0;
            for state in states {
                let now = match state.label {
                    label if label == theirs => 0,
                    _ if theirs == ours => COINCIDENCE as isize,
                    _ => 1,
                };
                if let Some(at) = against.get_mut(state.since) {
                    *at += now - before;
                }
                before = now;
            }
        }
        let mut sum = 0;
        let sums = against.into_iter().map(|difference| {
            sum += difference;
            sum
        });
        // Of equal sums `min_by_key` takes the first, which is the last version here.
        let sums: Vec<isize> = sums.collect();
        let best = sums.iter().enumerate().rev().min_by_key(|&(_, sum)| *sum);
        best.map_or(self.last, |(version, _)| version)
    }

    /// Merges a text in which a sample has the label `labels` says.
    pub fn merge(&self, labels: impl Fn(u32) -> Option<u8>) -> Merge {
        let mut merge = Merge::default();
        let differs = self
            .states
            .iter()
            .filter_map(|(&serial, states)| {
                let State { since, label } = *states.last()?;
                let theirs = labels(serial);
                (theirs != label).then_some((serial, since, label, theirs))
            })
            .collect::<Vec<_>>();
        if differs.is_empty() {
            return merge;
        }
        let base = self.base(labels);
        for (serial, since, ours, theirs) in differs {
            if since > base {
                merge.restored.push(Step {
                    serial,
                    before: theirs,
                    after: ours,
                });
            } else {
                merge.changed.push(Step {
                    serial,
                    before: ours,
                    after: theirs,
                });
            }
        }
        merge.restored.sort_by_key(|step| step.serial);
        merge.changed.sort_by_key(|step| step.serial);
        merge
    }

    /// Where a text says otherwise than the file should: from what it should say to what it says, by rising serial.
    pub fn differences(&self, labels: impl Fn(u32) -> Option<u8>) -> Vec<Step> {
        let differs = self.states.iter().filter_map(|(&serial, states)| {
            let (before, after) = (states.last()?.label, labels(serial));
            (before != after).then_some(Step {
                serial,
                before,
                after,
            })
        });
        let mut steps: Vec<Step> = differs.collect();
        steps.sort_by_key(|step| step.serial);
        steps
    }
}

#[cfg(test)]
mod tests;
