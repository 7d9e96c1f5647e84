//! [`Problem`]: what is wrong with a row of the labels file.

/// A row of the file that could not be used. It keeps its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based.
    pub line: usize,
    /// What is wrong with it.
    pub fault: String,
    /// For the user: file, line, fault and mend.
    pub message: String,
}
