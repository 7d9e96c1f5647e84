//! [`Line`]: a line of the history file.

use serde::{Deserialize, Serialize};

use super::action::{Action, Step};

/// A line of the history file, one JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// An action of the user.
    Done(Action),
    /// The action with this id was taken back, and what that changed.
    Undone {
        /// The action's.
        id: String,
        /// From the labels before the undo to those after it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// The action with this id was done again.
    Redone {
        /// The action's.
        id: String,
        /// From the labels before the redo to those after it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        steps: Vec<Step>,
    },
    /// Another program changed labels that had been given here.
    Seen {
        /// From our labels to its.
        steps: Vec<Step>,
    },
    /// Rows of the labels file as they were before they were changed here, without their line endings, by serial.
    Rows(Vec<(u32, String)>),
}

impl Line {
    /// Leaves samples that `kept` does not name out of an undo or redo.
    pub fn keep_reversals(&mut self, kept: impl Fn(u32) -> bool) {
        if let Self::Undone { steps, .. } | Self::Redone { steps, .. } = self {
            steps.retain(|step| kept(step.serial));
        }
    }
}
