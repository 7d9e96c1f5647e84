//! Why a data set is not opened.

use std::path::{Path, PathBuf};

use super::vectors_error::VectorsError;

/// Why a data set could not be opened; each message names the file and the mend.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The data folder is not there.
    #[error("{}: no such folder; choose a data folder with IDX or .npz files (--data-dir)", dir.display())]
    NoFolder {
        /// The folder.
        dir: PathBuf,
    },
    /// A split's images are in no file of the folder.
    #[error("{}: holds neither {name} nor {name}.gz, nor an .npz or .npy file with such images{others}; put the file there or choose another data folder", dir.display())]
    NoFile {
        /// The folder.
        dir: PathBuf,
        /// The IDX file that was looked for.
        name: String,
        /// What archives hold instead, in brackets, or nothing.
        others: String,
    },
    /// A file is there and cannot be read.
    #[error("{}: cannot be read ({source}); check the file or choose another data folder", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system answered.
        source: std::io::Error,
    },
    /// A file is malformed, or does not belong to the others.
    #[error("{}: {problem}; fetch the file again or choose another data folder", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The first fault, without the name of the file.
        problem: String,
    },
    /// A file is sound, and what it holds is nothing that can be used.
    #[error("{}: {problem}; {mend}, or choose another data folder", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What was found, without the name of the file.
        problem: String,
        /// What can be done about it.
        mend: String,
    },
    /// There are vectors alone, and they cannot be used.
    #[error("{0}, or choose another data folder")]
    Vectors(VectorsError),
}

/// What is wrong with an array is wrong with the vectors in it.
impl From<DatasetError> for VectorsError {
    fn from(error: DatasetError) -> Self {
        match error {
            DatasetError::Read { path, source } => Self::unreadable(&path, &source),
            DatasetError::Broken { path, problem } => Self::new(&path, problem, "save the vectors again"),
            DatasetError::Unfit { path, problem, mend } => Self::new(&path, problem, mend),
            DatasetError::NoFolder { dir } => Self::new(&dir, "no such folder", "choose another"),
            DatasetError::NoFile { dir, .. } => Self::new(&dir, "holds no vectors", "choose another folder"),
            DatasetError::Vectors(error) => error,
        }
    }
}

impl From<VectorsError> for DatasetError {
    fn from(error: VectorsError) -> Self {
        Self::Vectors(error)
    }
}

impl DatasetError {
    /// What was found, without what can be done about it: for a file that can be done without. The file's name stands
    /// without its folder.
    pub(super) fn found(&self) -> String {
        match self {
            Self::NoFolder { .. } | Self::NoFile { .. } | Self::Vectors(_) => self.to_string(),
            Self::Read { path, source } => format!("{}: cannot be read ({source})", short(path)),
            Self::Broken { path, problem } | Self::Unfit { path, problem, .. } => {
                format!("{}: {problem}", short(path))
            }
        }
    }
}

fn short(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
