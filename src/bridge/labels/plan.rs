//! A label request → the changes, the message, and the lines of the history.

use super::request::LabelRequest;
use super::wording::{Name, Tense, describe, in_vain};
use ssvae_core::format::grouped;
use ssvae_core::labels::{Action, Change, Journal, Labels, Line, Reversal, Step};

/// The effect of a request.
pub struct Plan {
    pub changes: Vec<Change>,
    /// What is saved, or why nothing is, in words.
    pub words: String,
    /// Lines for the history.
    pub lines: Vec<Line>,
}

/// Plans a request; the journal is updated at once.
pub fn plan(request: &LabelRequest, labels: &Labels, journal: &mut Journal, name: Name) -> Plan {
    let reversed =
        |(reversal, lines): (Option<Reversal>, Vec<Line>), words: (&str, &str), state| match reversal {
            Some(Reversal { action, changes }) => {
                let left = match action.steps.len() - changes.len() {
                    0 => String::new(),
                    left => format!(" ({} changed elsewhere since, left alone)", grouped(left)),
                };
                let words = format!("{}: {}{left}", words.0, describe(&action, state, name));
                Plan {
                    changes,
                    words,
                    lines,
                }
            }
            None => Plan {
                changes: Vec::new(),
                words: words.1.into(),
                lines,
            },
        };
    match request {
        LabelRequest::Undo => reversed(journal.undo(labels), ("Undone", "Nothing to undo"), Tense::Past),
        LabelRequest::Redo => reversed(
            journal.redo(labels),
            ("Redone", "Nothing to redo"),
            Tense::Present,
        ),
        &LabelRequest::Keep(serial) => {
            let Some(label) = labels.get(serial) else {
                return Plan {
                    changes: Vec::new(),
                    words: format!("{} has no label", grouped(serial as usize)),
                    lines: Vec::new(),
                };
            };
            let step = Step {
                serial,
                before: Some(label),
                after: Some(label),
            };
            let action = Action::new(vec![step]);
            Plan {
                // The label in the file stays the same.
                changes: Vec::new(),
                words: describe(&action, Tense::Done, name),
                lines: vec![journal.record(action)],
            }
        }
        LabelRequest::Give(changes) => {
            let mut given = changes.iter().filter_map(|change| change.label);
            if let Some(label) = given.find(|&label| !labels.classes().has(label)) {
                return Plan {
                    changes: Vec::new(),
                    words: format!(
                        "There is no class {label}, the last one is {}",
                        labels.classes().last()
                    ),
                    lines: Vec::new(),
                };
            }
            let steps = changes.iter().filter_map(|&Change { serial, label }| {
                let before = labels.get(serial);
                (before != label).then_some(Step {
                    serial,
                    before,
                    after: label,
                })
            });
            let action = Action::new(steps.collect());
            if action.steps.is_empty() {
                return Plan {
                    changes: Vec::new(),
                    words: in_vain(changes, name),
                    lines: Vec::new(),
                };
            }
            let change = |step: &Step| Change {
                serial: step.serial,
                label: step.after,
            };
            Plan {
                changes: action.steps.iter().map(change).collect(),
                words: describe(&action, Tense::Done, name),
                lines: vec![journal.record(action)],
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ssvae_core::classes::ClassCount;

    fn give(serials: &[u32], label: Option<u8>) -> LabelRequest {
        let change = |&serial| Change { serial, label };
        LabelRequest::Give(serials.iter().map(change).collect())
    }

    #[test]
    fn what_is_done_and_undone_is_named() {
        let (mut labels, mut journal) = (Labels::new(20_000, ClassCount::default()), Journal::default());
        let mut words = |request: LabelRequest| {
            let plan = plan(&request, &labels, &mut journal, &|class| format!("class {class}"));
            for change in &plan.changes {
                labels.set(change.serial, change.label);
            }
            (plan.changes.len(), plan.words)
        };
        let two = Change {
            serial: 2,
            label: Some(5),
        };
        let three = Change {
            serial: 3,
            label: Some(6),
        };
        for (request, count, expected) in [
            (give(&[10_794], Some(3)), 1, "10,794 labelled class 3"),
            (give(&[10_794], Some(3)), 0, "10,794 is labelled class 3 already"),
            (give(&[10_794, 8, 9], Some(3)), 2, "2 samples labelled class 3"),
            (
                give(&[10_794, 8, 9], Some(3)),
                0,
                "All 3 samples are labelled class 3 already",
            ),
            (give(&[], Some(3)), 0, "No sample is selected"),
            (LabelRequest::Undo, 2, "Undone: 2 samples were class 3"),
            (LabelRequest::Redo, 2, "Redone: 2 samples are class 3"),
            (LabelRequest::Redo, 0, "Nothing to redo"),
            (LabelRequest::Undo, 2, "Undone: 2 samples were class 3"),
            (LabelRequest::Undo, 1, "Undone: 10,794 was class 3"),
            (LabelRequest::Undo, 0, "Nothing to undo"),
            (
                LabelRequest::Give(vec![two, three]),
                2,
                "2 samples labelled as predicted",
            ),
            (give(&[2], None), 1, "2 is without a label now"),
            (give(&[2], None), 0, "2 has no label"),
            (LabelRequest::Undo, 1, "Undone: 2 was without a label"),
            (LabelRequest::Keep(2), 0, "2 kept as class 5"),
            (LabelRequest::Undo, 1, "Undone: 2 kept as class 5"),
            (LabelRequest::Redo, 1, "Redone: 2 kept as class 5"),
            (LabelRequest::Keep(7), 0, "7 has no label"),
            (give(&[7], Some(9)), 1, "7 labelled class 9"),
            (give(&[7], Some(10)), 0, "There is no class 10, the last one is 9"),
        ] {
            assert_eq!(words(request), (count, expected.to_owned()));
        }
    }
}
