//! Temporary files: named by the process that writes them, and cleared once it is gone.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tempfile::{Builder, NamedTempFile};

const PREFIX: &str = ".ssvae-";
const SUFFIX: &str = ".tmp";

/// How old a temporary file is that nobody writes any more, where nothing else tells.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// How a checkpoint begins: a map of three, `params` first.
const CHECKPOINT: &[u8] = b"\x83\xa6params";

/// A temporary file in `folder`, `.ssvae-<process>-<its start>-<random>.tmp`, with the permissions that the umask leaves of
/// `mode`; locked, so that a process elsewhere sees that it is not abandoned.
pub(super) fn create(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    clear_once(folder);
    let pid = process::id();
    let prefix = format!("{PREFIX}{pid}-{}-", started(pid).unwrap_or_default());
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(SUFFIX);
    set_mode(&mut builder, mode);
    let file = builder.tempfile_in(folder)?;
    // Where there are no locks, the process or the age has to do.
    let _ = file.as_file().try_lock();
    Ok(file)
}

#[cfg(unix)]
fn set_mode(builder: &mut Builder, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(mode));
}

#[cfg(not(unix))]
fn set_mode(_builder: &mut Builder, _mode: u32) {}

/// Deletes the temporary files that killed processes of this program have left in a folder. One that cannot be deleted
/// stays.
pub fn clear_abandoned(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let is_file = entry.file_type().is_ok_and(|found| found.is_file());
        if let Some(name) = name.to_str().filter(|_| is_file)
            && is_abandoned(&entry.path(), name)
        {
            // Tried again at the next start.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// [`clear_abandoned`] where this process has not done so.
fn clear_once(folder: &Path) {
    static CLEARED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut cleared = CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
    if cleared.insert(folder.clone()) {
        clear_abandoned(&folder);
    }
}

fn is_abandoned(path: &Path, name: &str) -> bool {
    match writer(name) {
        Some((pid, start)) => started(pid).is_none_or(|now| now != start) && !is_locked(path),
        None => is_of_an_earlier_version(path, name) && is_old(path),
    }
}

/// The process that a temporary file is named by, and its start.
fn writer(name: &str) -> Option<(u32, u64)> {
    let inner = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let (pid, rest) = inner.split_once('-')?;
    let (start, _) = rest.split_once('-')?;
    Some((pid.parse().ok()?, start.parse().ok()?))
}

/// When a process has started, in clock ticks since the system has; `None`: there is none, or it is not known.
/// See `proc_pid_stat(5)`: field 22, of which the second may hold blanks.
fn started(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(19)?.parse().ok()
}

/// Whether a process holds it, in another container or on another computer.
fn is_locked(path: &Path) -> bool {
    let file = OpenOptions::new().read(true).write(true).open(path);
    match file.map(|file| file.try_lock()) {
        Ok(Ok(())) => false,
        Ok(Err(TryLockError::Error(_))) => !is_old(path),
        Ok(Err(TryLockError::WouldBlock)) | Err(_) => true,
    }
}

fn is_old(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|file| file.modified());
    modified.is_ok_and(|time| SystemTime::now().duration_since(time).is_ok_and(|age| age > OLD))
}

/// `.labels-??????.tmp`, and `.tmp??????` with a checkpoint.
fn is_of_an_earlier_version(path: &Path, name: &str) -> bool {
    let random = |text: &str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if let Some(inner) = name
        .strip_prefix(".labels-")
        .and_then(|name| name.strip_suffix(SUFFIX))
    {
        return random(inner);
    }
    let begins = || -> io::Result<bool> {
        let mut start = [0; CHECKPOINT.len()];
        File::open(path)?.read_exact(&mut start)?;
        Ok(start == CHECKPOINT)
    };
    name.strip_prefix(".tmp").is_some_and(random) && begins().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_processes_left_is_cleared_and_what_living_ones_write_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        let mut child = process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let mut living = process::Command::new("sleep").arg("60").spawn().unwrap();
        let id = living.id();
        let start = started(id).unwrap();
        let abandoned = [
            format!(".ssvae-{dead}-1-aaaaaa.tmp"),
            format!(".ssvae-{id}-{}-aaaaaa.tmp", start + 1),
            ".labels-aB3dEf.tmp".to_owned(),
            ".tmpaB3dEf".to_owned(),
        ];
        let held = format!(".ssvae-{dead}-1-bbbbbb.tmp");
        let kept = [
            format!(".ssvae-{id}-{start}-aaaaaa.tmp"),
            held.clone(),
            ".labels-notes.tmp".to_owned(),
            ".labels-aB3dEg.tmp".to_owned(),
            ".tmpaB3dEg".to_owned(),
            ".tmpaB3dEh".to_owned(),
            ".ssvae-notes.tmp".to_owned(),
        ];
        for name in abandoned.iter().chain(&kept) {
            fs::write(path(name), b"\x83\xa6params").unwrap();
        }
        fs::write(path(".tmpaB3dEh"), "another program's").unwrap();
        let long_ago = SystemTime::now() - 2 * OLD;
        for name in abandoned.iter().chain([&".tmpaB3dEh".to_owned()]) {
            let file = File::options().append(true).open(path(name)).unwrap();
            file.set_modified(long_ago).unwrap();
        }
        let other = File::open(path(&held)).unwrap();
        other.lock().unwrap();
        let own = create(dir.path(), 0o600).unwrap();
        clear_abandoned(dir.path());
        let left: Vec<&String> = abandoned.iter().filter(|name| path(name).exists()).collect();
        let lost: Vec<&String> = kept.iter().filter(|name| !path(name).exists()).collect();
        assert_eq!((left, lost), (vec![], vec![]));
        assert!(own.path().exists());
        living.kill().unwrap();
        living.wait().unwrap();
    }
}
