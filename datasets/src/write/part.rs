//! Rows encoded away from their writer, so that several threads encode while one writes in order. For formats whose
//! bytes do not depend on what stands before them.

use std::fmt;

use super::parquet::RowGroup;
use crate::chunk::Chunk;
use crate::error::Result;

/// Encoded rows. Its memory is kept when it is cleared.
#[derive(Debug, Default)]
pub struct Part {
    pub(super) bytes: Vec<u8>,
    pub(super) text: String,
    pub(super) row_groups: Vec<RowGroup>,
    /// Bytes that the encoder holds of rows that it has not ended.
    pub(super) held: usize,
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
        self.row_groups.clear();
        self.held = 0;
        (self.rows_in, self.rows_out) = (0, 0);
    }

    /// Bytes of the encoded rows.
    pub fn byte_count(&self) -> usize {
        let groups: usize = self.row_groups.iter().map(RowGroup::byte_count).sum();
        self.bytes.len() + self.text.len() + groups + self.held
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

    /// Ends the part: formats that gather rows encode the last of them.
    ///
    /// # Errors
    /// What cannot be written.
    fn end(&mut self, _part: &mut Part) -> Result<()> {
        Ok(())
    }

    /// Forgets rows of a part that was given up.
    fn clear(&mut self) {}
}
