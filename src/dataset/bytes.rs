//! Bytes of a file that are read when they are needed, or bytes in memory.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::sync::Arc;

use memmap2::Mmap;

/// Bytes that many may share.
#[derive(Clone, Debug)]
pub enum Bytes {
    Owned(Arc<Vec<u8>>),
    /// Some of a file's.
    Mapped(Arc<Mmap>, Range<usize>),
}

impl Bytes {
    /// Part of a file. Its length must have been checked.
    ///
    /// # Errors
    /// If the file ends before the range does, or cannot be mapped.
    #[expect(
        unsafe_code,
        reason = "A map shows what others write to the file. Any byte is a pixel, and nothing else is read from it; a file \
                  that somebody cuts off meanwhile ends the program, as it would end any that maps files."
    )]
    pub fn map(file: &File, range: Range<u64>) -> io::Result<Self> {
        let map = unsafe { Mmap::map(file)? };
        let fits = |at: u64| {
            usize::try_from(at)
                .ok()
                .filter(|&at| at <= map.len())
                .ok_or(io::ErrorKind::UnexpectedEof)
        };
        let range = fits(range.start)?..fits(range.end)?;
        Ok(Self::Mapped(Arc::new(map), range))
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Owned(Arc::new(bytes))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Mapped(map, range) => map.get(range.clone()).unwrap_or_default(),
        }
    }
}
