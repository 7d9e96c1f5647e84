//! Files that are read: regular ones alone, never waited for, and no more of them than their reader has room for.

#![cfg_attr(not(test), deny(clippy::indexing_slicing))]

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

/// Opens a regular file for reading, or what a link leads to. Whoever opens a FIFO waits until somebody writes to it, and
/// opening a device may do something; both are refused, and so are sockets and folders.
///
/// # Errors
/// If there is none, or it may not be read.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    regular(&fs::metadata(path)?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::OpenOptionsExt;
        // What has become a FIFO since then is not waited for either.
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path)?;
    regular(&file.metadata()?)?;
    Ok(file)
}

/// Reads a regular file of at most so many bytes.
///
/// # Errors
/// What is no regular file, or cannot be opened or read; and a larger file, of which nothing is read.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let length = file.metadata()?.len();
    if length > most {
        return Err(too_large(length, most));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // It may grow while it is read.
    let read = file.take(most.saturating_add(1)).read_to_end(&mut bytes)? as u64;
    if read > most {
        return Err(too_large(read, most));
    }
    Ok(bytes)
}

/// The same as text.
///
/// # Errors
/// As of [`read`], and if it is not UTF-8.
pub(crate) fn read_text(path: &Path, most: u64) -> io::Result<String> {
    let not_text = |_| io::Error::new(io::ErrorKind::InvalidData, "the text is not UTF-8");
    String::from_utf8(read(path, most)?).map_err(not_text)
}

fn regular(metadata: &Metadata) -> io::Result<()> {
    match (metadata.is_file(), metadata.is_dir()) {
        (true, _) => Ok(()),
        (_, true) => Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
        _ => Err(io::Error::other("it is not a regular file")),
    }
}

fn too_large(length: u64, most: u64) -> io::Error {
    let [length, most] = [length, most].map(size);
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it has {length}, where {most} are the most"),
    )
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

/// Lines of a text, looked for from its start on: a CSV reader says where a record's bytes begin, blank lines before it
/// included, and not in which line its first field stands.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The 1-based line of the first byte from here on that breaks no line. Places must not fall from call to call.
    pub fn of(&mut self, at: u64) -> u64 {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        while let Some(&byte) = self.text.get(self.at) {
            let breaks = matches!(byte, b'\n' | b'\r');
            if self.at >= at && !breaks {
                break;
            }
            self.at += 1;
            let within = byte == b'\r' && self.text.get(self.at) == Some(&b'\n');
            self.line += u64::from(breaks && !within);
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_files_are_read_up_to_a_limit() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x");
        fs::write(&path, [b'a'; 2000]).unwrap();
        assert_eq!(read(&path, 2000).unwrap().len(), 2000);
        let error = read(&path, 1999).unwrap_err().to_string();
        assert!(error.contains("2.0 KiB"), "{error}");
        let error = read(dir.path(), 9).unwrap_err().to_string();
        assert_eq!(error, "it is a folder");
        assert_eq!(
            read(&dir.path().join("none"), 9).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert!(read_text(&path, 2000).unwrap().starts_with("aa"));
        fs::write(&path, b"\xff").unwrap();
        assert!(read_text(&path, 2000).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn special_files_are_refused_and_links_followed() {
        let dir = tempfile::tempdir().unwrap();
        let (socket, link) = (dir.path().join("socket"), dir.path().join("link"));
        let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for path in [&socket, Path::new("/dev/zero")] {
            let error = read(path, 9).unwrap_err().to_string();
            assert_eq!(error, "it is not a regular file", "{}", path.display());
        }
        fs::write(dir.path().join("x"), "1").unwrap();
        std::os::unix::fs::symlink("x", &link).unwrap();
        assert_eq!(read(&link, 9).unwrap(), b"1");
    }

    #[test]
    fn lines_are_counted_past_blank_ones() {
        let text = b"a\n\n\r\nb\rc";
        let mut lines = Lines::new(text);
        assert_eq!([0, 1, 2, 6].map(|at| lines.of(at)), [1, 4, 4, 5]);
    }
}
