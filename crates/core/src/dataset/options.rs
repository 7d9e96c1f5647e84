//! How a data set is opened.

use std::path::Path;

use crate::choice::Choice;

/// How a data set is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether rows and columns of the images are exchanged.
    pub transpose: Transpose,
}

/// Whether rows and columns of the images are exchanged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transpose {
    /// In files whose names begin with `emnist-`: EMNIST holds its images column by column.
    #[default]
    Auto,
    /// In all files.
    Yes,
    /// In none.
    No,
}

impl Choice for Transpose {
    const ALL: &'static [Self] = &[Self::Auto, Self::Yes, Self::No];

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

impl Transpose {
    pub(super) fn applies(self, file: &Path) -> bool {
        match self {
            Self::Auto => file
                .file_name()
                .is_some_and(|name| name.to_string_lossy().to_lowercase().starts_with("emnist-")),
            Self::Yes => true,
            Self::No => false,
        }
    }
}
