//! The halves of a data set.

/// Which half of the data set to open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// `train-*`: 60,000 images in MNIST.
    #[default]
    Train,
    /// `t10k-*`: 10,000 images in MNIST.
    Test,
}

impl Split {
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "t10k",
        }
    }
}
