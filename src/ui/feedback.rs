//! The line below the label buttons.

/// One line on what became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedbackView<'a> {
    pub text: &'a str,
    pub kind: FeedbackKind,
}

/// How a feedback line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackKind {
    /// Not on the disk yet.
    Saving,
    /// On the disk.
    Saved,
    /// Not on the disk, and will not be.
    Failed,
    Info,
}
