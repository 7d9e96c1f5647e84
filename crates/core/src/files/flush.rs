//! What makes a change of a folder outlive a power cut.

use std::fs::File;
use std::io;
use std::path::Path;

/// Makes a rename in the folder durable. File systems that cannot flush a folder are no failure: the file is in its place.
pub fn flush_folder(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        result => result,
    }
}
