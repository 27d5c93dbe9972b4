//! Rows encoded away from their writer, so that several threads encode while one writes in order. For formats whose
//! bytes do not depend on what stands before them.

use std::fmt;

use crate::chunk::Chunk;
use crate::error::Result;

/// Encoded rows. Its memory is kept when it is cleared.
#[derive(Debug, Default)]
pub struct Part {
    pub(super) bytes: Vec<u8>,
    pub(super) text: String,
    pub(super) rows_in: u64,
    pub(super) rows_out: u64,
}

impl Part {
    /// No rows.
    pub fn new() -> Self {
        Self::default()
    }

    /// Forgets the rows.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.text.clear();
        (self.rows_in, self.rows_out) = (0, 0);
    }

    /// Bytes of the encoded rows.
    pub fn byte_count(&self) -> usize {
        self.bytes.len() + self.text.len()
    }
}

/// Encodes rows for [`super::TableWriter::append`].
pub trait PartEncoder: Send + fmt::Debug {
    /// Appends the rows of `chunk` to `part`.
    ///
    /// # Errors
    /// What cannot be written. The row that it names is counted from the start of the part: who needs the row of the
    /// table has [`super::TableWriter::write`] find it again.
    fn encode(&mut self, chunk: &Chunk<'_>, part: &mut Part) -> Result<()>;
}
