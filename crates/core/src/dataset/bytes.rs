//! Bytes that many may share.

use std::ops::Deref;
use std::sync::Arc;

/// Bytes in memory. A file is read and not mapped: what is mapped ends the program when another one cuts the file off.
#[derive(Clone, Debug)]
pub struct Bytes(Arc<Vec<u8>>);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
