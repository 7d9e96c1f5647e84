//! Why a data set is not opened.

use std::path::PathBuf;

/// Why a data set could not be opened; each message names the file and the mend.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{}: no such folder; choose a data folder with IDX or .npz files (--data-dir)", dir.display())]
    NoFolder { dir: PathBuf },
    #[error("{}: holds neither {name} nor {name}.gz, nor an .npz file with such images; put the file there or choose another data folder", dir.display())]
    NoFile { dir: PathBuf, name: String },
    #[error("{}: cannot be read ({source}); check the file or choose another data folder", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {problem}; fetch the file again or choose another data folder", path.display())]
    Broken { path: PathBuf, problem: String },
}
