//! Whether a program has a file open to write it.

use std::path::Path;

/// Whether any program has the file open for writing; `None` where the system does not tell (another system than Linux, a
/// network file system, somebody else's file).
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "leases are in no safe library; these calls take numbers alone"
)]
pub(super) fn for_writing(path: &Path) -> Option<bool> {
    use std::fs::File;
    use std::os::fd::AsRawFd;

    /// Which signal tells that a lease ends (linux/include/uapi/asm-generic/fcntl.h); the libc crate has no name for it.
    const F_SETSIG: libc::c_int = 10;

    let file = File::open(path).ok()?;
    // A read lease is granted only while nobody has the file open for writing (fcntl(2), F_SETLEASE). Who opens it while the
    // lease lasts, a few microseconds, makes the kernel send a signal: one that is ignored by default, not SIGIO, which ends
    // the process.
    // SAFETY: the descriptor is open, and no call has a pointer among its arguments.
    let granted = unsafe {
        if libc::fcntl(file.as_raw_fd(), F_SETSIG, libc::SIGURG) != 0 {
            return None;
        }
        libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_RDLCK) == 0
    };
    let error = std::io::Error::last_os_error();
    if granted {
        // SAFETY: as above.
        unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_UNLCK) };
        return Some(false);
    }
    (error.raw_os_error() == Some(libc::EAGAIN)).then_some(true)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn for_writing(_path: &Path) -> Option<bool> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs::{self, File, OpenOptions};

    use super::*;

    #[test]
    fn a_writer_is_seen_until_it_closes_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("labels.csv");
        assert_eq!(for_writing(&path), None);
        fs::write(&path, "Serial,label\n").unwrap();
        if for_writing(&path).is_none() {
            eprintln!(
                "left out: no leases on the file system of {}",
                dir.path().display()
            );
            return;
        }
        assert_eq!(for_writing(&path), Some(false));
        let reader = File::open(&path).unwrap();
        assert_eq!(for_writing(&path), Some(false));
        let writer = OpenOptions::new().append(true).open(&path).unwrap();
        assert_eq!(for_writing(&path), Some(true));
        drop((reader, writer));
        assert_eq!(for_writing(&path), Some(false));
    }
}
