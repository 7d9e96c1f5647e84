//! [`Replacement`]: a new file on its way to its place.

use std::fs::{File, Metadata};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::FileError;
use super::flush::flush_folder;
use super::kind::{Kind, check};
use super::names::{folder, free_name, target};
use super::{in_place, temporary};

/// A file that is being written beside the one that it will replace; dropped before [`Replacement::finish`], it leaves
/// nothing behind.
#[derive(Debug)]
pub struct Replacement {
    path: PathBuf,
    target: PathBuf,
    kind: &'static Kind,
    temporary: NamedTempFile,
}

impl Replacement {
    /// Begins a file for `path`, whose folder is made where it is missing.
    ///
    /// # Errors
    /// If something stands there that is not of this kind, or no file can be made there.
    pub fn begin(path: &Path, kind: &'static Kind) -> Result<Self, FileError> {
        let target = check(path, kind)?;
        let create = || {
            let folder = folder(&target);
            std::fs::create_dir_all(folder)?;
            // A new file gets what the umask leaves; another one is nobody's to see until it has its owner.
            let mode = if target.exists() { 0o600 } else { 0o666 };
            temporary::create(folder, mode)
        };
        let temporary = create().map_err(FileError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            target,
            kind,
            temporary,
        })
    }

    /// Makes what was written so far durable.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn sync(&self) -> io::Result<()> {
        self.temporary.as_file().sync_all()
    }

    /// Puts the file in its place, durably, and returns what stands there then. Owner, group and mode of a file that is
    /// there stay; where a new file cannot have them, the old one is written anew.
    ///
    /// # Errors
    /// If something stands there by now that is not of its kind, or the file cannot be written; what was there stays.
    pub fn finish(self) -> Result<Metadata, FileError> {
        check(&self.path, self.kind)?;
        let path = self.path.clone();
        self.put(true).map_err(FileError::io(&path))
    }

    /// Makes what was written durable, with owner, group and mode of `old`, so that [`Replacement::finish_over`] has nothing left
    /// to do that takes time. Returns whether it can have them; where not, `old` has to be written anew.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn prepare_over(&self, old: &File) -> io::Result<bool> {
        self.sync()?;
        take_after(self.temporary.as_file(), &old.metadata()?)
    }

    /// Puts the prepared file in the place of `old`, durably; `None`: another file is there, and stays.
    ///
    /// # Errors
    /// As of [`Replacement::finish`].
    pub fn finish_over(self, old: &File) -> Result<Option<Metadata>, FileError> {
        let path = self.path.clone();
        self.put_over(old).map_err(FileError::io(&path))
    }

    #[cfg(target_os = "linux")]
    fn put_over(self, old: &File) -> io::Result<Option<Metadata>> {
        use rustix::fs::{CWD, RenameFlags, renameat_with};

        /// Programs that replace the file between two of our calls.
        const SWAPS: usize = 10;
        if !std::fs::metadata(&self.target).is_ok_and(|there| is_file(old, &there)) {
            return Ok(None);
        }
        let temporary = self.temporary.path().to_owned();
        let swap = || renameat_with(CWD, &temporary, CWD, &self.target, RenameFlags::EXCHANGE);
        // What stood there is never without a name, so that a file that another program has just put there is not lost.
        if swap().is_err() {
            return self.put(true).map(Some);
        }
        let mut came_out = std::fs::symlink_metadata(&temporary)?;
        if is_file(old, &came_out) {
            flush_folder(folder(&self.target))?;
            return self.temporary.as_file().metadata().map(Some);
        }
        for _ in 0..SWAPS {
            swap()?;
            came_out = std::fs::symlink_metadata(&temporary)?;
            if is_file(self.temporary.as_file(), &came_out) {
                break;
            }
        }
        Ok(None)
    }

    #[cfg(not(target_os = "linux"))]
    fn put_over(self, _old: &File) -> io::Result<Option<Metadata>> {
        self.put(true).map(Some)
    }

    /// [`Replacement::finish`] where there is no file.
    ///
    /// # Errors
    /// [`io::ErrorKind::AlreadyExists`], and whatever keeps it from being written.
    pub fn finish_new(self) -> io::Result<Metadata> {
        self.put(false)
    }

    fn put(self, replace: bool) -> io::Result<Metadata> {
        let Self {
            target,
            mut temporary,
            ..
        } = self;
        temporary.as_file().sync_all()?;
        let folder = folder(&target).to_owned();
        let file = match std::fs::metadata(&target) {
            Ok(old) if replace => {
                if !take_after(temporary.as_file(), &old)? {
                    return in_place::write(&target, temporary.as_file_mut());
                }
                match temporary.persist(&target) {
                    Ok(file) => file,
                    Err(mut error) if is_mount_point(&error.error) => {
                        return in_place::write(&target, error.file.as_file_mut());
                    }
                    Err(error) => return Err(error.error),
                }
            }
            _ => match temporary.persist_noclobber(&target) {
                Ok(file) => file,
                // File systems that know neither hard links nor a rename that replaces nothing.
                Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists && !target.exists() => {
                    error.file.persist(&target).map_err(|error| error.error)?
                }
                Err(error) => return Err(error.error),
            },
        };
        flush_folder(&folder)?;
        file.metadata()
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temporary.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.temporary.as_file_mut().flush()
    }
}

impl Seek for Replacement {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.temporary.as_file_mut().seek(to)
    }
}

/// Keeps what stands under a name under a free one, `<name><ending>` or `<name>.2<ending>` and so on, which is returned.
///
/// # Errors
/// If it cannot be read, or the copy not be written.
pub fn copy_aside(path: &Path, ending: &str) -> io::Result<PathBuf> {
    let source = target(path);
    let mut file = File::open(&source)?;
    let copy = free_name(&source, ending);
    let mut temporary = temporary::create(folder(&copy), 0o600)?;
    io::copy(&mut file, &mut temporary)?;
    temporary
        .as_file()
        .set_permissions(file.metadata()?.permissions())?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(&copy).map_err(|error| error.error)?;
    flush_folder(folder(&copy))?;
    Ok(copy)
}

/// Whether these are the metadata of a file that is open.
#[cfg(target_os = "linux")]
fn is_file(open: &File, found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let of = |file: &Metadata| (file.dev(), file.ino());
    open.metadata().is_ok_and(|open| of(&open) == of(found))
}

/// A file can be a mount point of its own, as in a container.
fn is_mount_point(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices
    )
}

/// Gives the new file owner, group and mode of the old one; whether it has them now.
#[cfg(unix)]
fn take_after(new: &File, old: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let has = |new: &Metadata| {
        let of = |file: &Metadata| (file.uid(), file.gid(), file.mode());
        of(new) == of(old)
    };
    let now = new.metadata()?;
    // What is refused shows below.
    if (now.uid(), now.gid()) != (old.uid(), old.gid()) {
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
    }
    let _ = new.set_permissions(old.permissions());
    if !has(&new.metadata()?) {
        return Ok(false);
    }
    new.sync_all()?;
    Ok(true)
}

#[cfg(not(unix))]
fn take_after(_new: &File, _old: &Metadata) -> io::Result<bool> {
    Ok(true)
}

#[cfg(test)]
mod tests;
