//! Writes CSV: RFC 4180 quoting, every value in the form that reads back to the same bits.
//!
//! Nulls are empty cells and the empty string is `""`; floats are `3.0`, `NaN`, `-Infinity`. A reader that is given
//! the column types (`--types`) gets every value back; without them, what text looks like decides: a text column of
//! digits is read as integers, a duration as text, a uint64 past 2^63 as float64.

mod encode;

#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::Path;

pub use self::encode::CsvEncoder;
use super::{Output, Part, PartEncoder, TableWriter, WriteOptions};
use crate::chunk::Chunk;
use crate::error::Result;
use crate::schema::Schema;

/// Bytes gathered before they are handed on.
const BUFFER_BYTES: usize = 64 << 10;

/// A writer of this format.
pub(super) fn create(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    let encoder = CsvEncoder::new(path, schema, options)?;
    let mut writer = CsvWriter { output: Output::create(path)?, encoder, buffer: String::new() };
    writer.encoder.push_header(&mut writer.buffer);
    Ok(Box::new(writer))
}

#[derive(Debug)]
struct CsvWriter {
    output: Output,
    encoder: CsvEncoder,
    buffer: String,
}

impl CsvWriter {
    fn flush(&mut self) -> Result<()> {
        self.output.write_all(self.buffer.as_bytes()).map_err(|source| self.output.error(source))?;
        self.buffer.clear();
        Ok(())
    }
}

impl TableWriter for CsvWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        for row in 0..chunk.row_count {
            self.encoder.push_row(chunk, row, &mut self.buffer)?;
            if self.buffer.len() >= BUFFER_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    fn part_encoder(&self) -> Option<Box<dyn PartEncoder>> {
        Some(Box::new(self.encoder.clone()))
    }

    fn append(&mut self, part: &mut Part) -> Result<()> {
        self.flush()?;
        self.output.write_all(part.text.as_bytes()).map_err(|source| self.output.error(source))
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.flush()?;
        self.output.commit()
    }
}

impl PartEncoder for CsvEncoder {
    fn encode(&mut self, chunk: &Chunk<'_>, part: &mut Part) -> Result<()> {
        (0..chunk.row_count).try_for_each(|row| self.push_row(chunk, row, &mut part.text))
    }
}
