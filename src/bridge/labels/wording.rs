//! Actions on labels in words.

use ssvae_core::format::grouped;
use ssvae_core::labels::{Action, Change};

/// Name of a class.
pub type Name<'a> = &'a dyn Fn(u8) -> String;

/// Why nothing is changed: the samples have these labels already, or there are none.
pub fn in_vain(changes: &[Change], name: Name) -> String {
    let (who, is, has) = match changes {
        [] => return "No sample is selected".into(),
        [change] => (grouped(change.serial as usize), "is", "has"),
        many => (format!("All {} samples", grouped(many.len())), "are", "have"),
    };
    let first = changes.first().and_then(|change| change.label);
    match first.filter(|_| changes.iter().all(|change| change.label == first)) {
        Some(label) => format!("{who} {is} labelled {} already", name(label)),
        None if first.is_some() => format!("{who} {is} labelled so already"),
        None => format!("{who} {has} no label"),
    }
}

/// The form of the sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    /// It has been done: `31,337 labelled 7`.
    Done,
    /// It has been taken back: `31,337 was 7`.
    Past,
    /// It holds again: `31,337 is 7`.
    Present,
}

/// An action in words.
pub fn describe(action: &Action, tense: Tense, name: Name) -> String {
    let (who, was, is) = match action.steps.as_slice() {
        [step] => (grouped(step.serial as usize), "was", "is"),
        steps => (format!("{} samples", grouped(steps.len())), "were", "are"),
    };
    let first = action.steps.first().and_then(|step| step.after);
    let label = match first {
        _ if action.steps.iter().any(|step| step.after != first) => "as predicted".into(),
        Some(label) => name(label),
        None => "without a label".into(),
    };
    if action.steps.iter().all(|step| step.before == step.after) {
        return format!("{who} kept as {label}");
    }
    match tense {
        Tense::Done if first.is_none() => format!("{who} {is} {label} now"),
        Tense::Done => format!("{who} labelled {label}"),
        Tense::Past => format!("{who} {was} {label}"),
        Tense::Present => format!("{who} {is} {label}"),
    }
}

/// The message about labels that were left out because of the audit: one of the samples, and their number.
pub fn left_out((serial, count): (u32, usize)) -> String {
    match count {
        1 => format!(
            "Sample {} belongs to the audit; its label is kept out of training",
            grouped(serial as usize)
        ),
        _ => format!(
            "{} samples belong to the audit; their labels are kept out of training",
            grouped(count)
        ),
    }
}
