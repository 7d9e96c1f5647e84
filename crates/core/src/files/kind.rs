//! The one rule for what may be overwritten: nothing, what is recognised as a file of the kind that is written, or an empty
//! file.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::names::target;

/// What a file is meant to be.
#[derive(Debug)]
pub struct Kind {
    /// With its article: `a checkpoint`.
    pub what: &'static str,
    /// Whether a file that is there is one. An error means no.
    pub recognises: fn(&mut BufReader<File>) -> io::Result<bool>,
}

impl Kind {
    /// Whatever is there: for those who have read it themselves.
    pub const ANY: Self = Self {
        what: "a file",
        recognises: |_| Ok(true),
    };
    /// What is never written over.
    pub const NEW: Self = Self {
        what: "a new file",
        recognises: |_| Ok(false),
    };
}

/// Says whether `path` may be written as a file of this kind, and returns the file that it stands for.
///
/// # Errors
/// If something stands there that is no regular file, or not of this kind, or cannot be read.
pub fn check(path: &Path, kind: &Kind) -> Result<PathBuf, FileError> {
    let target = target(path);
    let metadata = match fs::symlink_metadata(&target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(target),
        Err(source) => return Err(FileError::io(path)(source)),
    };
    if !metadata.is_file() {
        return Err(FileError::Special {
            path: path.to_owned(),
            found: name(metadata.file_type()),
        });
    }
    let recognised = || {
        // A rename asks nobody whether the file is protected.
        let file = OpenOptions::new().read(true).write(true).open(&target);
        let mut file = BufReader::new(file.map_err(FileError::io(path))?);
        Ok((kind.recognises)(&mut file).unwrap_or(false))
    };
    if metadata.len() == 0 || recognised()? {
        return Ok(target);
    }
    Err(FileError::Foreign {
        path: path.to_owned(),
        wanted: kind.what,
    })
}

fn name(found: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if found.is_fifo() {
            return "a named pipe";
        }
        if found.is_socket() {
            return "a socket";
        }
        if found.is_char_device() || found.is_block_device() {
            return "a device";
        }
    }
    match found {
        found if found.is_dir() => "a folder",
        found if found.is_symlink() => "a link that leads in circles",
        _ => "something else",
    }
}
