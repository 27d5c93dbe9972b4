//! Writes raw files: the values of one column, least significant byte first, and nothing else.

use std::path::Path;

use super::records::{Days, Records};
use super::{Output, Part, PartEncoder, TableWriter, WriteOptions};
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::schema::Schema;

/// A writer of this format.
pub(super) fn create(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    if schema.fields.len() != 1 {
        let reason = format!("a raw file holds one column, not {}; write .npy", schema.fields.len());
        return Err(Error::Request { path: path.to_path_buf(), reason });
    }
    let records = Records::new(path, schema, Days::Narrow, options.null)?;
    Ok(Box::new(RawWriter { records, output: Output::create(path)? }))
}

#[derive(Debug)]
struct RawWriter {
    records: Records,
    output: Output,
}

impl TableWriter for RawWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        self.records.write(chunk, &mut self.output)
    }

    fn part_encoder(&self) -> Option<Box<dyn PartEncoder>> {
        Some(self.records.part_encoder())
    }

    fn append(&mut self, part: &mut Part) -> Result<()> {
        self.records.append(part, &mut self.output)
    }

    fn finish(self: Box<Self>) -> Result<()> {
        self.output.commit()
    }
}
