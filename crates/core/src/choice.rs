//! Choices of few by name.

/// One of a few values, each with a name by which command lines and files know it.
pub trait Choice: Copy + 'static {
    /// All of them, as they are offered.
    const ALL: &'static [Self];

    /// Its name in command lines and files. It is never changed: files of older versions hold it.
    fn name(self) -> &'static str;

    /// The one of this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.name() == name)
    }
}
