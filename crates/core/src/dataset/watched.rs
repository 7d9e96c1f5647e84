//! Reading that somebody waits for.

use std::io::{self, Read};

/// Hears how many bytes are read, and of how many.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Tells how far it has come.
pub(super) struct Watched<'a, R> {
    reader: R,
    done: u64,
    of: u64,
    progress: Progress<'a>,
}

impl<'a, R: Read> Watched<'a, R> {
    /// `of` bytes are expected.
    pub fn new(reader: R, of: u64, progress: Progress<'a>) -> Self {
        Self {
            reader,
            done: 0,
            of,
            progress,
        }
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(bytes)?;
        self.done += read as u64;
        (self.progress)(self.done, self.of);
        Ok(read)
    }
}
