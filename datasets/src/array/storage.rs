//! Where an array's bytes are.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use crate::error::Result;

/// Bytes that are there, or that come into being at the first read.
#[derive(Clone, Debug)]
pub(crate) enum Storage<'a> {
    /// A caller's memory.
    Borrowed(&'a [u8]),
    /// A part of a mapped file.
    Shared(Bytes),
    /// A deflated member.
    Deferred(Arc<Deferred>),
}

impl Storage<'_> {
    /// The bytes.
    pub(crate) fn bytes(&self) -> Result<&[u8]> {
        match self {
            Storage::Borrowed(bytes) => Ok(bytes),
            Storage::Shared(bytes) => Ok(bytes),
            Storage::Deferred(deferred) => deferred.bytes(),
        }
    }

    /// Number of bytes, known without having them.
    pub(crate) fn len(&self) -> usize {
        match self {
            Storage::Borrowed(bytes) => bytes.len(),
            Storage::Shared(bytes) => bytes.len(),
            Storage::Deferred(deferred) => deferred.len,
        }
    }

    /// The bytes, where they are there already.
    pub(crate) fn present(&self) -> Option<&[u8]> {
        match self {
            Storage::Borrowed(bytes) => Some(bytes),
            Storage::Shared(bytes) => Some(bytes),
            Storage::Deferred(_) => None,
        }
    }
}

type Produce = Box<dyn Fn() -> Result<Bytes> + Send + Sync>;

/// Bytes that are made once, by whoever reads first; others wait. A failure is not kept: the next reader meets it
/// again.
pub(crate) struct Deferred {
    len: usize,
    produce: Produce,
    busy: Mutex<()>,
    bytes: OnceLock<Bytes>,
}

impl Deferred {
    /// `produce` gives `len` bytes.
    pub(crate) fn new(len: usize, produce: Produce) -> Self {
        Self { len, produce, busy: Mutex::new(()), bytes: OnceLock::new() }
    }

    fn bytes(&self) -> Result<&[u8]> {
        if let Some(bytes) = self.bytes.get() {
            return Ok(bytes);
        }
        // The guard holds no data, so that a panic of another reader spoils nothing.
        let _busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = self.bytes.get() {
            return Ok(bytes);
        }
        let bytes = (self.produce)()?;
        assert_eq!(bytes.len(), self.len, "a deferred array has the length it was announced with");
        Ok(self.bytes.get_or_init(|| bytes))
    }
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deferred").field("len", &self.len).finish_non_exhaustive()
    }
}
