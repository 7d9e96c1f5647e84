//! What is done to the labels: [`Change`] is asked for, a [`Step`] was taken, an [`Action`] is all steps of one key.

use serde::{Deserialize, Serialize};

/// A sample's new label; `None` deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The sample, by its position in the data set.
    pub serial: u32,
    /// A class in 0..10.
    pub label: Option<u8>,
}

/// A sample and its label before and after: the same label twice where the user has said that it is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The sample, by its position in the data set.
    pub serial: u32,
    /// Its label before; `None`: it had none.
    pub before: Option<u8>,
    /// Its label after; `None`: it has none any more.
    pub after: Option<u8>,
}

/// What one key or button did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// By which undo and redo name it in the history, which several programs may share.
    #[serde(default)]
    id: String,
    /// One per sample that was labelled, or whose label was taken away.
    pub steps: Vec<Step>,
}

/// The id of an action that has none begins so; its line follows.
const BY_LINE: &str = "line ";

impl Action {
    /// An action with a random id.
    pub fn new(steps: Vec<Step>) -> Self {
        let id = format!("{:016x}", rand::random::<u64>());
        Self { id, steps }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Names an action that has no id, from an earlier program, by its 1-based line in the history.
    pub(super) fn number(&mut self, line: usize) {
        if self.id.is_empty() {
            self.id = format!("{BY_LINE}{line}");
        }
    }

    pub(super) fn is_of_earlier_program(&self) -> bool {
        self.id.starts_with(BY_LINE)
    }
}
