//! The file on the disk: reading it with its identity, and replacing it so that a crash leaves the old or the new
//! text, never half of one.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use super::error::LabelsError;
use crate::files::{Kind, Replacement};
pub(super) use crate::files::{folder, target};
use crate::input;

/// Bytes of a file, as many as some twenty million labels take.
const LARGEST: u64 = 256 << 20;

/// How long another dashboard may hold a lock: it does so while it saves a label.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_STEP: Duration = Duration::from_millis(5);

/// Which file stands under a path, and in which state; compared without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub inode: (u64, u64),
    pub length: u64,
    pub modified: Option<SystemTime>,
    /// Time of the last change of content or attributes, in seconds and nanoseconds, which no program can set.
    pub changed: (i64, i64),
}

/// The file as it was read.
#[derive(Debug, Default)]
pub(super) struct Snapshot {
    pub bytes: Vec<u8>,
    /// `None` where there was no file.
    pub identity: Option<Identity>,
}

impl Snapshot {
    pub fn inode(&self) -> Option<(u64, u64)> {
        Some(self.identity?.inode)
    }

    pub fn same(&self, other: &Self) -> bool {
        self.inode() == other.inode() && self.bytes == other.bytes
    }
}

/// What became of a replacement.
pub(super) enum Replaced {
    /// The new text is on the disk, durably. The handle is of the file that stood there before, where one did.
    Done { identity: Identity, old: Option<File> },
    /// The file was no longer what the new text is based on; nothing was written.
    Outdated,
}

pub(super) fn identity(path: &Path) -> Option<Identity> {
    Some(identity_of(&fs::metadata(path).ok()?))
}

/// Reads the file; one that does not exist is an empty snapshot without identity.
pub(super) fn read(path: &Path) -> Result<Snapshot, LabelsError> {
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            let target = target(path);
            let folder = folder(&target);
            return match folder.is_dir() {
                true => Ok(Snapshot::default()),
                false => Err(LabelsError::NoFolder {
                    folder: folder.to_owned(),
                    path: path.to_owned(),
                }),
            };
        }
        Err(source) => return Err(LabelsError::read(path, source)),
    };
    if !metadata.is_file() {
        return Err(LabelsError::NotAFile {
            path: path.to_owned(),
        });
    }
    if metadata.len() > LARGEST {
        return Err(LabelsError::TooLarge {
            path: path.to_owned(),
            most: LARGEST,
        });
    }
    let mut file = match input::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Snapshot::default()),
        Err(source) => return Err(LabelsError::read(path, source)),
    };
    read_open(&mut file).map_err(|source| LabelsError::read(path, source))
}

/// Reads an open file from its start.
pub(super) fn read_open(file: &mut File) -> io::Result<Snapshot> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Snapshot {
        bytes,
        identity: Some(identity_of(&file.metadata()?)),
    })
}

/// Makes what the file holds durable; a missing one is.
pub(super) fn flush(path: &Path) -> Result<(), LabelsError> {
    match File::open(path) {
        Ok(file) => file.sync_all().map_err(|source| LabelsError::write(path, source)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(LabelsError::read(path, source)),
    }
}

/// Puts `bytes` in the place of the file that `base` was read from, if it still stands there unchanged.
pub(super) fn replace(path: &Path, base: &Snapshot, bytes: &[u8]) -> Result<Replaced, LabelsError> {
    let failed = |source| LabelsError::write(path, source);
    let target = target(path);
    let folder = folder(&target);
    let mut old = match base.identity {
        Some(_) => match lock(&target, path)? {
            Some(file) => Some(file),
            None => return Ok(Replaced::Outdated),
        },
        None => None,
    };
    if !folder.is_dir() {
        return Err(LabelsError::NoFolder {
            folder: folder.to_owned(),
            path: path.to_owned(),
        });
    }
    let mut new = Replacement::begin(path, &Kind::ANY)?;
    new.write_all(bytes).map_err(failed)?;
    let like_old = old.as_ref().map(|file| new.prepare_over(file));
    let like_old = like_old.transpose().map_err(failed)?;
    let placed = match &mut old {
        Some(file) => {
            let now = read_open(file).map_err(failed)?;
            if !now.same(base) || self::identity(&target).map(|identity| identity.inode) != now.inode() {
                return Ok(Replaced::Outdated);
            }
            let placed = match like_old {
                Some(true) => new.finish_over(file)?,
                _ => Some(new.finish()?),
            };
            let Some(placed) = placed else {
                return Ok(Replaced::Outdated);
            };
            // Another dashboard that waits for this lock finds out under it that the file is a new one. Where there are no
            // locks there is none to take off.
            let _ = file.unlock();
            placed
        }
        None => match new.finish_new() {
            Ok(placed) => placed,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Ok(Replaced::Outdated);
            }
            Err(error) => return Err(failed(error)),
        },
    };
    let identity = identity_of(&placed);
    // Where it had to be written in place, nothing stays of what stood there.
    let old = old.filter(|_| base.inode() != Some(identity.inode));
    Ok(Replaced::Done { identity, old })
}

/// Opens and locks the file as only one who may write it can; `None` if it is gone.
fn lock(target: &Path, path: &Path) -> Result<Option<File>, LabelsError> {
    let file = match OpenOptions::new().read(true).write(true).open(target) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(LabelsError::write(path, source)),
    };
    match wait_for_lock(&file) {
        Err(TryLockError::WouldBlock) => Err(LabelsError::Locked {
            path: path.to_owned(),
        }),
        // File systems without locks: the check before the rename has to do.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// Locks a file, which another dashboard may hold locked for a moment.
pub(super) fn wait_for_lock(file: &File) -> Result<(), TryLockError> {
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if waited < LOCK_PATIENCE => {
                thread::sleep(LOCK_STEP);
                waited += LOCK_STEP;
            }
            done => return done,
        }
    }
}

/// The file system that a file's folder lies on.
pub(super) fn device(path: &Path) -> Option<u64> {
    let metadata = fs::metadata(folder(&target(path))).ok()?;
    Some(identity_of(&metadata).inode.0)
}

/// Whether two are of one file.
pub(super) fn same_file(one: &Metadata, other: &Metadata) -> bool {
    identity_of(one).inode == identity_of(other).inode
}

#[cfg(unix)]
pub(super) fn identity_of(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    Identity {
        inode: (metadata.dev(), metadata.ino()),
        length: metadata.len(),
        modified: metadata.modified().ok(),
        changed: (metadata.ctime(), metadata.ctime_nsec()),
    }
}

#[cfg(not(unix))]
pub(super) fn identity_of(metadata: &Metadata) -> Identity {
    Identity {
        inode: (0, 0),
        length: metadata.len(),
        modified: metadata.modified().ok(),
        changed: (0, 0),
    }
}
